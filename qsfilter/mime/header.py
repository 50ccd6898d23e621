"""Reads a header: its fields as they stand, with their spans, and where the body begins.

Guarantees: one pass over the header's lines; no byte is changed; a line that can't be part of a header begins the body.
`odd` tells whether another reader could read these bytes otherwise; only then are `other_headers` worth asking for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.model import Field

if TYPE_CHECKING:
    from mmap import mmap

    from qsfilter.limits import Limits

_USUAL_FIELD = re.compile(rb"([!-9;-~]+):([^\r\n\0]*(?:\r?\n[ \t]+[^\r\n\0 \t][^\r\n\0]*)*)\r?\n")
_NAME = re.compile(rb"[!-9;-~]+[ \t]*")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")


@dataclass(frozen=True, slots=True)
class Header:
    """One reading of a header."""

    fields: tuple[Field, ...]
    body: int
    """Offset at which the body begins."""
    odd: bool = False
    ended: bool = True
    """An empty line, or the end of everything, ends it; not a line that can't be part of a header."""
    structural: tuple[Field, ...] | None = None
    """Those fields that say what the entity is; None where nobody has picked them out yet."""


def read_header(base: bytes | mmap, start: int, end: int, limits: Limits) -> Header:
    """Read the header that begins at START in BASE.

    The body begins behind the first empty line, or at the first line that is neither a field nor a fold (RFC 5322,
    2.2). An mbox separator in front is passed over. Raises LimitReached for `header_fields` and `header_bytes`.
    """
    at = next_line(base, start, end) if base[start : start + 5] == b"From " else start
    usual = _read_usual(base, at, end, limits)
    return usual or _read_unusual(base, at, end, limits)


def _read_usual(base: bytes | mmap, start: int, end: int, limits: Limits) -> Header | None:
    """Read a header in which every line is as RFC 5322 has it; None for any other."""
    fields: list[Field] = []
    said: list[Field] = []
    at, stop = start, min(end, start + limits.header_bytes)
    while found := _USUAL_FIELD.match(base, at, stop):
        name, value = found.groups()
        after = found.end()
        field = Field(name, value, (at, after))
        fields.append(field)
        if name[:8].lower() == b"content-":
            said.append(field)
        at = after
    if len(fields) > limits.header_fields:
        return None
    body = at + 1 if base[at : min(at + 1, end)] == b"\n" else at + 2 if base[at : min(at + 2, end)] == b"\r\n" else -1
    if body < 0 or not fields:
        return None
    odd = bytes(base[start:at]).lower().count(b"content-") != len(said) or _goes_on(base, body, end)
    return Header(tuple(fields), body, odd, structural=tuple(said))


def _goes_on(base: bytes | mmap, body: int, end: int) -> bool:
    """Whether what follows the empty line looks like more of the header."""
    return base[body : min(end, body + 60)].lstrip()[:8].lower() == b"content-"


def _read_unusual(base: bytes | mmap, start: int, end: int, limits: Limits) -> Header:
    """Read any header line by line."""
    fields: list[Field] = []
    first = at = start  # `first` is where the field in hand begins
    colon = -1
    odd = False
    while at < end:
        if at - start > limits.header_bytes:
            raise LimitReached("header_bytes", limits.header_bytes)
        begins = base[at : min(at + 2, end)]
        if begins[:1] in b" \t":
            after = next_line(base, at, end)
            if colon < 0:
                return Header(tuple(fields), at, odd=True, ended=False)
            odd = odd or (after - at < 80 and not base[at:after].strip())
            at = after
            continue
        if colon >= 0:
            fields.append(field_between(base, first, colon, at))
            colon = -1
        if begins in (b"\r\n", b"\n") or begins[:1] == b"\n":
            after = at + (2 if begins == b"\r\n" else 1)
            odd = odd or _is_odd(base, start, after, fields) or _goes_on(base, after, end)
            return Header(tuple(fields), after, odd)
        after = next_line(base, at, end)
        colon = base.find(b":", at, after)
        if colon < 0 or not (name := _NAME.fullmatch(base[at:colon])):
            return Header(tuple(fields), at, odd=True, ended=False)
        odd = odd or name[0][-1:] in b" \t"
        if len(fields) >= limits.header_fields:
            raise LimitReached("header_fields", limits.header_fields)
        first, at = at, after
    if colon >= 0:
        fields.append(field_between(base, first, colon, end))
    return Header(tuple(fields), end, odd or _is_odd(base, start, end, fields))


def next_line(base: bytes | mmap, at: int, end: int) -> int:
    """Return the offset behind the line end that follows AT, at most END."""
    newline = base.find(b"\n", at, end)
    return end if newline < 0 else newline + 1


def field_between(base: bytes | mmap, start: int, colon: int, end: int) -> Field:
    """Return the field from START to END, whose name ends at COLON."""
    value = base[colon + 1 : end].rstrip(b"\r\n")
    return Field(name=base[start:colon].rstrip(b" \t"), value=value, span=(start, end))


def _is_odd(base: bytes | mmap, start: int, end: int, fields: list[Field]) -> bool:
    """Look for NUL, bare CR, 8-bit, and for mentions of `content-` that are no field of their own."""
    region = bytes(base[start:end])
    if b"\0" in region or region.count(b"\r") != region.count(b"\r\n"):
        return True
    own = sum(field.name[:8].lower() == b"content-" for field in fields)
    return region.lower().count(b"content-") != own


def unfold(value: bytes) -> bytes:
    """Join a folded value (RFC 5322, 2.2.3): line ends before white space go, the white space stays."""
    return _FOLD.sub(b"", value).strip(b" \t\r\n")


def structural(header: tuple[Field, ...]) -> tuple[Field, ...]:
    """Return the fields of HEADER whose names begin with Content-: those that say what an entity is."""
    return tuple([field for field in header if field.name[:8].lower() == b"content-"])


def values(fields: tuple[Field, ...], name: bytes) -> list[bytes]:
    """Return the unfolded values of every field NAME (in lower case), in their order."""
    return [unfold(field.value) for field in fields if field.name.lower() == name]
