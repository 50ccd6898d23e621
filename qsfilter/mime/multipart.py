"""Splits a multipart body at its delimiter lines (RFC 2046, 5.1.1).

Guarantees: one search through the body; the parts are spans in order; a missing close delimiter ends with the body.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmap import mmap

    from qsfilter.model import Span


@dataclass(frozen=True, slots=True)
class Split:
    """The spans between the delimiters, and whether the close delimiter was there."""

    parts: tuple[Span, ...]
    closed: bool


def split(base: bytes | mmap, start: int, end: int, boundary: bytes) -> Split:
    """Split the body from START to END in BASE at the lines that are `--BOUNDARY`, white space behind it allowed.

    The line end before a delimiter belongs to the delimiter (RFC 2046, 5.1.1).
    """
    delimiter = b"--" + boundary
    parts: list[Span] = []
    opened = -1
    at = base.find(delimiter, start, end)
    while at >= 0:
        behind = at + len(delimiter)
        if at > start and base[at - 1 : at] != b"\n":
            at = base.find(delimiter, behind, end)
            continue
        newline = base.find(b"\n", behind, end)
        line_end = end if newline < 0 else newline
        closes = base[behind : min(line_end, behind + 2)] == b"--"
        if base[behind + 2 * closes : line_end].strip(b" \t\r"):
            at = base.find(delimiter, line_end, end)
            continue
        if opened >= 0:
            parts.append((opened, _before_line_end(base, opened, at)))
        if closes:
            return Split(tuple(parts), closed=True)
        opened = min(line_end + 1, end)
        at = base.find(delimiter, opened, end)
    if opened >= 0:
        parts.append((opened, end))
    return Split(tuple(parts), closed=False)


def _before_line_end(base: bytes | mmap, start: int, at: int) -> int:
    if at > start and base[at - 1 : at] == b"\n":
        at -= 1
        if at > start and base[at - 1 : at] == b"\r":
            at -= 1
    return at
