"""Reads the parts of an OOXML package that say what it pulls in: content types, relationships, macro sheets, DDE links.

Guarantees: known by their root element, whatever their names are; expat reads them as a stream, no entity is ever
declared or fetched, and a part with a document type, which no package may have (ECMA-376-2, 8.1.4), is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter import Blob

HEAD = 4096
"""Bytes in which a root element is looked for where a part is broken, or has a document type, before it comes."""
MOST = 16 << 20
DEEPEST = 100
"""Elements in each other; expat keeps each open one, and the parts that are read have three."""
MOST_FOUND = 100
"""Things that are told about one part; what they are is clear by then."""
TEMPLATE = "attachedtemplate"
OBJECTS = frozenset({
    "oleobject", "package", "frame", "subdocument", "afchunk", "control", "externallinkpath", "mailmergesource",
})  # fmt: skip
"""Last words of relationship types whose target is loaded, or offered to be loaded, when the document is opened."""
MACRO_PARTS = (("vbaproject", "macro-vba"), ("vbadata", "macro-vba"), ("macrosheet", "macro-xl4"))
REMOTE = re.compile(r"\s*(?!file:)[a-z][a-z0-9+.-]+:", re.IGNORECASE)
NETWORK = re.compile(r"\s*(?:file:)?[\\/]{2,}(?![\\/]|[a-z][:|])|\s*file:[\\/]{4,}", re.IGNORECASE)


class Pull(NamedTuple):
    """One thing that a package has or pulls in: what the finding is called, and its detail."""

    finding: str
    detail: str


def is_part(blob: Blob) -> bool:
    """Whether BLOB is one of the parts that `pulls` reads, whatever stands before its root element."""
    if not _FIRST_TAG.match(blob.base, *blob.span):
        return False
    data = blob.data
    from xml.parsers import expat  # noqa: PLC0415 - as below

    parser = expat.ParserCreate()
    parser.StartElementHandler = _root
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data[:MOST], len(data) <= MOST)
    except _RootError as root:
        return root.args[0] in _LOOKS
    except (expat.ExpatError, _RefusedError):
        pass  # a page of HTML, or a part that no package may have
    return _A_ROOT.search(data[:HEAD].replace(b"\0", b"")) is not None  # UTF-16 is allowed as well


def pulls(data: bytes) -> tuple[list[Pull], str]:
    """Return what the part DATA says, at most `MOST_FOUND` things, and why it may not stand in a package."""
    from xml.parsers import expat  # noqa: PLC0415 - for OOXML alone

    found: list[Pull] = []
    parser = expat.ParserCreate()
    handler = _Handler(found)
    parser.StartElementHandler = handler.element
    parser.EndElementHandler = handler.end
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data[:MOST], len(data) <= MOST)
    except (expat.ExpatError, _RefusedError) as error:
        return found, str(error)
    except _EnoughError:
        pass
    return found, ""


class _RootError(Exception):
    """The root element has come; its name without a prefix is the argument."""


def _root(name: str, _: dict[str, str]) -> None:
    raise _RootError(name.rpartition(":")[2])


class _EnoughError(Exception):
    """The rest of the part need not be read."""


class _RefusedError(Exception):
    """The part has what no part may have."""


def _refuse(*_: object) -> None:
    raise _RefusedError("it has a document type")


class _Handler:
    """Looks at each element; the root says what the part is."""

    def __init__(self, found: list[Pull]) -> None:
        self._found = found
        self._depth = 0
        self._look: Callable[[str, dict[str, str]], Pull | None] | None = None

    def end(self, _: str) -> None:
        """Leave an element."""
        self._depth -= 1

    def element(self, name: str, attributes: dict[str, str]) -> None:
        """Enter an element."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise _RefusedError(f"its elements are more than {DEEPEST} deep")
        local = name.rpartition(":")[2]
        if self._look is None:
            if local not in _LOOKS:
                raise _EnoughError
            self._look = _LOOKS[local]
        pull = self._look(local, attributes)
        if pull is not None and pull not in self._found:
            self._found.append(pull)
            if len(self._found) == MOST_FOUND:
                raise _EnoughError


def _relationship(name: str, attributes: dict[str, str]) -> Pull | None:
    """Look at one relationship (ECMA-376-2, 9.3.2.2)."""
    if name != "Relationship" or attributes.get("TargetMode", "").lower() != "external":
        return None
    kind = attributes.get("Type", "").rstrip("/").rpartition("/")[2].lower()
    target = attributes.get("Target", "")
    if kind != TEMPLATE and kind not in OBJECTS:
        return None
    if REMOTE.match(target):
        # A link from one workbook to another is what people make every day.
        finding = (
            "linked-file" if kind == "externallinkpath" else "remote-template" if kind == TEMPLATE else "remote-object"
        )
        return Pull(finding, f"{kind}: {target}")
    return Pull("linked-file", f"{kind}: {target}") if NETWORK.match(target) else None


def _content_type(_: str, attributes: dict[str, str]) -> Pull | None:
    """Look at one content type (ECMA-376-2, 10.1.2.2); a Default counts for parts that may not be there."""
    kind = attributes.get("ContentType", "").lower()
    part = attributes.get("PartName", "")
    for word, finding in MACRO_PARTS:
        if word in kind and part:
            return Pull(finding, f"{part} is {kind}")
    return None


def _macro_sheet(name: str, _: dict[str, str]) -> Pull | None:
    return Pull("macro-xl4", "a sheet of Excel 4 macros") if name == "macrosheet" else None


def _dde(name: str, attributes: dict[str, str]) -> Pull | None:
    """Look for a link by DDE (ECMA-376-1, 18.14.4)."""
    if name != "ddeLink":
        return None
    return Pull("dde", f"{attributes.get('ddeService', '')} {attributes.get('ddeTopic', '')}")


_LOOKS: dict[str, Callable[[str, dict[str, str]], Pull | None]] = {
    "Relationships": _relationship,
    "Types": _content_type,
    "macrosheet": _macro_sheet,
    "externalLink": _dde,
}
"""Root element → what looks at it and the elements in it."""
_FIRST_TAG = re.compile(rb"[\s\0\xef\xbb\xbf\xff\xfe]*+<")
_A_ROOT = re.compile(rb"<(?:[\w.-]{1,100}:)?(?:%b)(?![\w.-])" % "|".join(_LOOKS).encode())
