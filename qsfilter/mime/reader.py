"""Reads one part as a message or a multipart and yields the entities inside it.

Guarantees: every entity is a span of the part's bytes, or what its transfer coding makes of such a span; iterative,
one level at a time; what is broken is read as far as it goes and marked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.mime.coding import CODED, IDENTITY, coding_of, decode
from qsfilter.mime.header import read_header, values
from qsfilter.mime.multipart import split
from qsfilter.mime.parameters import Value, read_value
from qsfilter.model import Child
from qsfilter.names import as_text, name, name_from_text
from qsfilter.words import irregular, unscannable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.limits import Limits
    from qsfilter.model import Field, Finding, Name, Part

MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})


def read_part(part: Part, limits: Limits) -> Iterator[Child | Finding]:
    """Yield what PART holds, if it is declared as a message or a multipart; nothing for any other part."""
    start, end = part.blob.span
    coding = _coding(part.header)
    if coding not in IDENTITY and coding not in CODED:
        yield unscannable("unknown-coding", part, as_text(coding)[:80])
    if part.declared in MESSAGES:
        yield from _entity(part, start, end, limits, b"text/plain")
    elif part.declared.startswith("multipart/"):
        boundary = _value(part.header, b"content-type").get(b"boundary")
        if not boundary:
            yield irregular("no-boundary", part)
            return
        found = split(part.blob.base, start, end, boundary)
        if not found.closed:
            yield irregular("no-close-delimiter" if found.parts else "no-delimiter", part)
        default = b"message/rfc822" if part.declared == "multipart/digest" else b"text/plain"
        for first, last in found.parts:
            yield from _entity(part, first, last, limits, default)


def _entity(part: Part, start: int, end: int, limits: Limits, default: bytes) -> Iterator[Child | Finding]:
    """Read header and body from START to END in the part's base; DEFAULT is the type where none is declared."""
    base, offset = part.blob.base, part.blob.span[0]
    header, body = read_header(base, start, end, limits)
    content_type = _value(header, b"content-type")
    declared = content_type.main or default
    coding = _coding(header)
    data = decode(base[body:end], coding) if coding in CODED else None
    yield Child(
        data=part.blob.part_of(body - offset, end - offset) if data is None else data,
        names=_names(_value(header, b"content-disposition"), content_type),
        declared=as_text(declared),
        header=header,
        origin="mime",
        span=(body - offset, end - offset) if data is None else None,
    )


def _value(header: tuple[Field, ...], field: bytes) -> Value:
    found = values(header, field)
    return read_value(found[0]) if found else _EMPTY


_EMPTY = Value(main=b"", parameters=())


def _coding(header: tuple[Field, ...]) -> bytes:
    found = values(header, b"content-transfer-encoding")
    return coding_of(read_value(found[0]).main) if found else b""


def _names(disposition: Value, content_type: Value) -> tuple[Name, ...]:
    """Collect every name that the part is given; rules look at each of them."""
    found: list[Name] = []
    for value, attribute in ((disposition, b"filename"), (content_type, b"name")):
        source = attribute.decode("ascii")
        found += [name(raw, source) for key, raw in value.parameters if key == attribute]
        found += [name_from_text(text, f"{source}*") for text in value.extended(attribute)]
    return tuple(dict.fromkeys(found))
