"""Reads a header: its fields as they stand, with their spans, and where the body begins.

Guarantees: one pass over the header's lines; no byte is changed; a line that can't be part of a header begins the body.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.model import Field

if TYPE_CHECKING:
    from mmap import mmap

    from qsfilter.limits import Limits

_NAME = re.compile(rb"[!-9;-~]+[ \t]*")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")


def read_header(base: bytes | mmap, start: int, end: int, limits: Limits) -> tuple[tuple[Field, ...], int]:
    """Read the header that begins at START in BASE; return its fields and the offset at which the body begins.

    The body begins behind the first empty line, or at the first line that is neither a field nor a fold (RFC 5322,
    2.2). An mbox separator in front is passed over. Raises LimitReached for `header_fields` and `header_bytes`.
    """
    fields: list[Field] = []
    first = start  # of the field in hand
    colon = -1
    at = start
    if base[at : at + 5] == b"From ":
        at = first = _next_line(base, at, end)
    while at < end:
        if at - start > limits.header_bytes:
            raise LimitReached("header_bytes", limits.header_bytes)
        begins = base[at : min(at + 2, end)]
        if begins[:1] in b" \t":
            if colon < 0:
                return (), at
            at = _next_line(base, at, end)
            continue
        if colon >= 0:
            fields.append(_field(base, first, colon, at))
            colon = -1
        if begins[:1] == b"\n":
            return tuple(fields), at + 1
        if begins == b"\r\n":
            return tuple(fields), at + 2
        after = _next_line(base, at, end)
        colon = base.find(b":", at, after)
        if colon < 0 or not _NAME.fullmatch(base[at:colon]):
            return tuple(fields), at
        if len(fields) >= limits.header_fields:
            raise LimitReached("header_fields", limits.header_fields)
        first, at = at, after
    if colon >= 0:
        fields.append(_field(base, first, colon, end))
    return tuple(fields), end


def _next_line(base: bytes | mmap, at: int, end: int) -> int:
    newline = base.find(b"\n", at, end)
    return end if newline < 0 else newline + 1


def _field(base: bytes | mmap, start: int, colon: int, end: int) -> Field:
    value = base[colon + 1 : end].rstrip(b"\r\n")
    return Field(name=base[start:colon].rstrip(b" \t"), value=value, span=(start, end))


def unfold(value: bytes) -> bytes:
    """Join a folded value (RFC 5322, 2.2.3): line ends before white space go, the white space stays."""
    return _FOLD.sub(b"", value).strip(b" \t\r\n")


def values(fields: tuple[Field, ...], name: bytes) -> list[bytes]:
    """Return the unfolded values of every field NAME (in lower case), in their order."""
    return [unfold(field.value) for field in fields if field.name.lower() == name]
