"""Opens PDF documents by pypdf, within bounds of time and size, and with no program beside it.

Guarantee: the bounds hold inside a `with` and for this thread; nobody else's use of pypdf is changed.
"""

from __future__ import annotations

import io
import re
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from qsfilter_pdf.walk import MOST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from qsfilter_pdf.walk import Met

MEBIBYTE = 1 << 20
_OBJECT = re.compile(rb"([0-9])[\t\r\n\f\0]obj")
"""How an object may begin where pypdf, when it looks for objects, does not find it; it wants a blank."""


def bounds() -> AbstractContextManager[object]:
    """Return the bounds in which pypdf may do anything at all; they hold for this thread, inside a `with`.

    Without the first it would start the program jbig2dec for whatever names that filter.
    """
    import pypdf  # noqa: PLC0415 - 50 ms, and few messages hold a PDF

    return pypdf.apply_configuration(jbig2dec_binary=None, disable_legacy_handling=True)


def bounded(walk: Iterator[Met]) -> Iterator[Met]:
    """Yield from WALK, each step in bounds: those of a generator would be its caller's as well."""
    while True:
        with bounds():
            met = next(walk, None)
        if met is None:
            return
        yield met


class _TimedFile(io.BytesIO):
    """A document in memory that ends pypdf's work in time: it seeks for each object, also where it repairs."""

    ends: float

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go there. Raises LimitReachedError, which pypdf lets pass, when time is up."""
        if time.monotonic() > self.ends:
            from pypdf.errors import LimitReachedError  # noqa: PLC0415 - 50 ms, and few messages hold a PDF

            raise LimitReachedError("no time left")
        return super().seek(offset, whence)


class Document(NamedTuple):
    """A document in which something was found."""

    root: Any
    """Its catalog; where none can be found, a list of all objects, catalogs last."""
    trouble: Exception | None = None
    """Why there is no catalog."""


def document(data: bytes, ends: float) -> Document | None:
    """Open DATA; None where it has a password. Stop when ENDS comes. Raises what pypdf raises."""
    from pypdf.errors import DependencyError, LimitReachedError, PdfReadError  # noqa: PLC0415 - as below
    from pypdf.generic import DictionaryObject  # noqa: PLC0415 - as below

    try:
        reader = _opened(data, ends)
    except (LimitReachedError, DependencyError, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - pypdf raises many, RecursionError among them
        # Other readers look for the objects then; pypdf does so where the table's place is wrong.
        reader = _opened(_OBJECT.sub(rb"\1 obj", data) + b"\nstartxref\n0\n%%EOF\n", ends)
    if reader.is_encrypted and not reader.decrypt(""):
        return None
    try:
        root = reader.root_object
    except LimitReachedError:
        raise
    except PdfReadError as error:
        return Document(_objects(reader, error), error)
    if not isinstance(root, DictionaryObject):
        raise TypeError("its catalog is no dictionary")
    return Document(root)


def _opened(data: bytes, ends: float) -> Any:  # noqa: ANN401 - pypdf's
    from qsfilter_pdf.bounded_reader import BoundedReader  # noqa: PLC0415 - 50 ms, and few messages hold a PDF

    file = _TimedFile(data)
    file.ends = ends
    return BoundedReader(file, 2 * len(data) + MEBIBYTE)


def _objects(reader: Any, error: Exception) -> Any:  # noqa: ANN401 - pypdf's
    """List all objects that READER knows, catalogs last. Raises ERROR where there is none."""
    from pypdf.errors import LimitReachedError  # noqa: PLC0415 - as above
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject  # noqa: PLC0415 - as above

    numbers = [(number, generation) for generation, known in reader.xref.items() for number in known]
    numbers += [(number, 0) for number in reader.xref_objStm]
    if not numbers:
        raise error
    catalogs: list[IndirectObject] = []
    others: list[IndirectObject] = []
    for place in dict.fromkeys(numbers[: MOST + 1]):
        one = IndirectObject(*place, reader)
        try:
            value = one.get_object()
        except (LimitReachedError, MemoryError):
            raise
        except Exception:  # noqa: BLE001, S112 - as above; others may be whole
            continue
        is_catalog = isinstance(value, DictionaryObject) and "/Names" in value
        (catalogs if is_catalog else others).append(one)
    return ArrayObject([*others, *catalogs])
