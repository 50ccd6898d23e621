"""Reads a header: its fields as they stand, with their spans, and where the body begins.

Guarantees: one pass over the header's lines; no byte is changed; a line that can't be part of a header begins the body.
`odd` tells whether another reader could read these bytes otherwise; only then are `other_headers` worth asking for.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from qsfilter.errors import LimitReached
from qsfilter.model import Field

if TYPE_CHECKING:
    from collections.abc import Callable
    from mmap import mmap

    from qsfilter.limits import Limits
    from qsfilter.model import Span

_USUAL_FIELD = re.compile(rb"(([!-9;-~]+):(.*(?:\n[ \t]+\S.*)*)\n)")
_field: Callable[[tuple[bytes, bytes, Span]], Field] = partial(tuple.__new__, Field)  # what Field._make does, in C
NEAR = 1 << 13
"""Octets in which most headers end, so that a body is not searched for what ends its header."""
_NAME = re.compile(rb"[!-9;-~]+[ \t]*")
_C = frozenset({b"C", b"c"})
_FOLD = re.compile(rb"\r?\n(?=[ \t])")


class Header(NamedTuple):
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
    stop = min(end, start + limits.header_bytes)
    last, body = _empty_line(base, start, min(stop, start + NEAR))
    if last == start:
        last, body = _empty_line(base, start, stop)
    region = base[start:last]
    windows = region.count(b"\r")
    found = _USUAL_FIELD.findall(region)
    if not found or b"\0" in region or windows != region.count(b"\r\n") or len(found) > limits.header_fields:
        return None
    # All fields in a few calls: a loop over them in Python takes twice the time, and every message pays for it.
    whole, names, values = zip(*found, strict=True)
    ends = [*accumulate(map(len, whole), initial=start)]
    if ends[-1] != last:  # something was passed over
        return None
    if windows:
        values = tuple([value.rstrip(b"\r") for value in values])
    fields = tuple(map(_field, zip(names, values, pairwise(ends), strict=True)))
    said = structural(fields)
    odd = region.lower().count(b"content-") != len(said) or _goes_on(base, body, end)
    return Header(fields, body, odd, structural=said)


def _empty_line(base: bytes | mmap, start: int, end: int) -> Span:
    """Return where the first empty line behind START begins and ends; START where there is none."""
    at = base.find(b"\n\n", start, end) + 1
    if windows := base.find(b"\n\r\n", start, at or end) + 1:
        return windows, windows + 2
    return (at, at + 1) if at else (start, start)


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
    return tuple([field for field in header if field[0][:1] in _C and field[0][:8].lower() == b"content-"])


def by_name(fields: tuple[Field, ...]) -> dict[bytes, list[bytes]]:
    """Return the values of FIELDS as they stand, by the name in lower case."""
    found: dict[bytes, list[bytes]] = {}
    for field in fields:
        found.setdefault(field.name.lower(), []).append(field.value)
    return found


def values(fields: tuple[Field, ...], name: bytes) -> list[bytes]:
    """Return the unfolded values of every field NAME (in lower case), in their order."""
    return [unfold(field.value) for field in fields if field.name.lower() == name]
