"""Takes the embedded files out of a file specification (ISO 32000-1, 7.11.3 and 7.11.4).

Guarantee: what is deflated is inflated in steps and within the Budget; other filters are decoded by pypdf, which stops
at 75 MB.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from qsfilter.names import name as raw_name
from qsfilter.names import name_from_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Name

NAMES = ("/UF", "/F", "/Unix", "/DOS", "/Mac", "/Desc")
SYSTEMS = ("/UF", "/F", "/DOS", "/Mac", "/Unix")
FULL_NAMES = {
    "/Fl": "/FlateDecode", "/LZW": "/LZWDecode", "/AHx": "/ASCIIHexDecode", "/A85": "/ASCII85Decode",
    "/RL": "/RunLengthDecode",
}  # fmt: skip
"""What the short names of filters mean (8.9.7); outside of a page's text they are wrong, and readers take them."""
FILE_FILTERS = frozenset({*FULL_NAMES.values(), "/Crypt"})
"""Filters of anything (7.4); the others are of pictures, and for one of them pypdf would start a program."""
HELD = 64 << 20
"""Bytes up to which a file is held as it is inflated; a larger one is first measured, and inflated once more if it is
within the Budget."""
LONGEST_NAME = 4096


class UnknownFilterError(Exception):
    """The content stands behind a filter that is none for files; the arguments are its bytes as they are, and why."""


def names(specification: Any, tree_name: str | bytes) -> tuple[Name, ...]:  # noqa: ANN401 - pypdf's dictionary
    """Return every name of SPECIFICATION, and that under which it stands in a name tree."""
    found: list[Name] = []
    for value in (*(specification.get(key) for key in NAMES), tree_name):
        if isinstance(value, bytes) and value:
            found.append(raw_name(bytes(value[:LONGEST_NAME]), "pdf"))
        elif isinstance(value, str) and value:
            found.append(name_from_text(str(value)[:LONGEST_NAME], "pdf"))
    return tuple(dict.fromkeys(found))


def streams(specification: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    """Yield the different streams that SPECIFICATION holds for different systems."""
    embedded: Any = specification.get("/EF")
    seen: list[Any] = []
    for key in SYSTEMS:
        place = embedded.raw_get(key) if key in embedded else None
        if place is not None and place not in seen:
            seen.append(place)
            yield embedded[key]


def content(stream: Any, most: int) -> tuple[bytes, str, bool]:  # noqa: ANN401 - as above
    """Return what STREAM holds, what is wrong with it, and whether it is more than MOST bytes; then it is cut.

    Raises what pypdf raises. What lies behind a filter that is none for files is in the UnknownFilterError.
    """
    filters = stream.get("/Filter")
    filters = list(filters) if isinstance(filters, list) else [] if filters is None else [filters]
    filters = [FULL_NAMES.get(one, one) for one in filters]
    data = stream._data  # noqa: SLF001 - pypdf has no public way to the bytes that are in the file
    unknown = [str(one) for one in filters if one not in FILE_FILTERS]
    if unknown:
        raise UnknownFilterError(data[: most + 1], f"a file behind the filter {unknown[0]}")
    if stream.get("/DecodeParms") is None and filters in ([], ["/FlateDecode"]):
        return _inflated(data, most) if filters else (data[: most + 1], "", False)
    from pypdf.generic import ArrayObject, NameObject  # noqa: PLC0415 - for PDFs with embedded files alone

    stream[NameObject("/Filter")] = ArrayObject(map(NameObject, filters))
    inflated = stream.get_data()
    stream.decoded_self = None  # where pypdf would keep it
    return inflated, "", False


def _inflated(data: bytes, most: int) -> tuple[bytes, str, bool]:
    """Inflate DATA (RFC 1950), and all that can be of a broken one; hold no more than HELD bytes of a bomb."""
    pieces = _Pieces(data)
    held, size = BytesIO(), 0
    for piece in pieces:
        if size <= HELD:
            held.write(piece)
        size += len(piece)
        if size > most:
            held.truncate(min(most, HELD))
            return held.getvalue(), "", True
    if held.tell() < size:
        held = BytesIO()
        for piece in _Pieces(data):
            held.write(piece)
    return held.getvalue(), pieces.trouble, False


class _Pieces:
    """What the deflated DATA holds, piece by piece, and then what is wrong with it."""

    def __init__(self, data: bytes) -> None:
        self.trouble = ""
        self._data = data

    def __iter__(self) -> Iterator[bytes]:
        import zlib  # noqa: PLC0415 - for PDFs with embedded files alone

        from qsfilter.streams.inflating import CHUNK, STEP, ZLIB, Inflater  # noqa: PLC0415 - as above

        stream, at = Inflater(ZLIB), 0
        try:
            while not stream.eof:
                given = self._data[at : at + CHUNK] if stream.needs_input else b""
                at += len(given)
                piece = stream.decompress(given, STEP)
                if not (piece or given or stream.eof):
                    self.trouble = "its stream is cut short"
                    return
                if piece:
                    yield piece
        except zlib.error as error:
            self.trouble = str(error)
