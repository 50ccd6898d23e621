"""Walks a PDF's objects (ISO 32000-1) along the keys below which files and actions hang.

Guarantees: iterative; an object is visited once, so rings end; an object that can't be read is told and passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLLOWED = frozenset({
    "/Names", "/EmbeddedFiles", "/JavaScript", "/Kids", "/AF", "/OpenAction", "/A", "/AcroForm", "/Fields", "/Pages",
    "/Annots", "/FS", "/AA", "/RichMediaContent", "/Assets", "/Next", "/Outlines", "/First",
})  # fmt: skip
"""Keys whose values lead to name trees (7.9.6), file specifications (7.11.3) and actions (12.6)."""
MOST = 100_000
"""Objects that are visited; a book of 1,000 pages with 20 links on each has a fifth of that."""


class Met(NamedTuple):
    """One object on the way that means something: a `file`, a `javascript`, a `launch`, or `trouble`."""

    what: str
    value: Any
    """The file specification; for trouble, the error."""
    name: str | bytes = ""
    """What a name tree calls it."""


class TooManyError(Exception):
    """There are more objects than are visited."""


def walk(root: Any) -> Iterator[Met]:  # noqa: ANN401 - pypdf's objects have one base and no use for it
    """Yield what is met from ROOT on: the catalog, or a list of all objects, where embedded files may stand loose.

    Raises TooManyError.
    """
    from pypdf.generic import DictionaryObject, IndirectObject, NameObject  # noqa: PLC0415 - for PDFs alone

    todo: list[_Step] = [_Step(root)]
    seen: set[tuple[int, int]] = set()
    loose: dict[tuple[int, int], Any] = {}
    taken: set[tuple[int, int]] = set()
    visits = 0
    while todo:
        step = todo.pop()
        if isinstance(step.value, IndirectObject):
            place = (step.value.idnum, step.value.generation)
            if place in seen:
                continue
            seen.add(place)
        visits += 1
        if visits > MOST:
            raise TooManyError(f"more than {MOST} objects")
        try:
            value = step.value.get_object()
            todo += _inside(value, everything=step.everything)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - pypdf raises many, RecursionError among them
            yield Met("trouble", error)
            continue
        if isinstance(value, DictionaryObject):
            yield from _met(value, step.name)
            if value.get("/Type") == "/EmbeddedFile" and isinstance(step.value, IndirectObject):
                loose[step.value.idnum, step.value.generation] = step.value
            elif "/EF" in value:
                taken |= _places(value.get("/EF"))
    for place in sorted(loose.keys() - taken):
        yield Met("file", DictionaryObject({NameObject("/EF"): DictionaryObject({NameObject("/F"): loose[place]})}))


def _places(files: Any) -> set[tuple[int, int]]:  # noqa: ANN401 - as above
    """Return the objects to which the entries of FILES, the value of /EF, lead."""
    from pypdf.generic import DictionaryObject, IndirectObject  # noqa: PLC0415 - as above

    found = [files.raw_get(key) for key in files] if isinstance(files, DictionaryObject) else []
    return {(one.idnum, one.generation) for one in found if isinstance(one, IndirectObject)}


class _Step(NamedTuple):
    """One object to visit."""

    value: Any
    everything: bool = False
    """Follow all keys: those of additional actions (12.6.3) are the events at which they are taken."""
    name: str | bytes = ""


def _inside(value: Any, *, everything: bool) -> list[_Step]:  # noqa: ANN401 - as above
    """List what is to be visited below VALUE."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject  # noqa: PLC0415 - as above

    found: list[_Step] = []
    if isinstance(value, ArrayObject):
        before: str | bytes = ""
        for item in list(value):
            if isinstance(item, str | bytes):
                before = item
            elif isinstance(item, IndirectObject | ArrayObject | DictionaryObject):
                found.append(_Step(item, name=before))
    elif isinstance(value, DictionaryObject):
        keys = [key for key in value if everything or key in FOLLOWED]
        found += [_Step(value.raw_get(key), everything=key == "/AA") for key in keys]
    return found


def _met(value: Any, name: str | bytes) -> Iterator[Met]:  # noqa: ANN401 - as above
    if "/EF" in value:
        yield Met("file", value, name)
    if "/JS" in value:
        yield Met("javascript", value)
    if "/S" in value and value.raw_get("/S") == "/Launch":
        yield Met("launch", value)
