"""Splits a multipart body at its delimiter lines (RFC 2046, 5.1.1), and as tolerant readers split it.

Guarantees: one search through the body for each reading; the parts are spans in order; a missing close delimiter ends
with the body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from mmap import mmap

    from qsfilter.model import Span

_BEFORE = 32
"""Octets in front of a loose delimiter that are looked at for the beginning of its line."""
MOST_LOOSE = 20_000
_DASHES = re.compile(rb"(?:\r?\n|\r)?[ \t:\0\"'>]{0,20}-{1,4}[ \t]{0,2}[\"'<]?\Z")
_TOKEN_LINE = rb"(?i)(?:^|(?<=[\r\n]))--([^\s\r\n](?:[^\r\n]{0,200}[^\s\r\n])?)[ \t]*\r?\n"
_MIME_FIELD = rb"content-[\w-]+[ \t]*:"
_GUESS = _TOKEN_LINE + rb"(?=" + _MIME_FIELD + rb")"
_GUESS_IN_MULTIPART = _TOKEN_LINE + rb"(?=(?:[\w-]++[ \t]*+:[^\n]*+\n(?:[ \t][^\n]*+\n)*+){0,20}?" + _MIME_FIELD + rb")"


@dataclass(frozen=True, slots=True)
class Split:
    """The spans between the delimiters, and what was noticed."""

    parts: tuple[Span, ...]
    closed: bool
    after: int
    """Offset behind the last delimiter line that was used; where nothing was closed, the end."""
    preamble: Span
    delimiters: int
    """Delimiter lines that were used, the close delimiter among them."""


def split(base: bytes | mmap, start: int, end: int, boundary: bytes) -> Split:
    """Split the body from START to END in BASE at the lines that are `--BOUNDARY`, white space behind it allowed.

    The line end before a delimiter belongs to the delimiter (RFC 2046, 5.1.1).
    """
    delimiter = b"--" + boundary
    parts: list[Span] = []
    opened = -1
    preamble = (start, end)
    count = 0
    at = base.find(delimiter, start, end)
    while at >= 0:
        behind = at + len(delimiter)
        if at > start and base[at - 1 : at] != b"\n":
            at = base.find(delimiter, behind, end)
            continue
        newline = base.find(b"\n", behind, end)
        line_end = end if newline < 0 else newline
        closes = base[behind : min(line_end, behind + 2)] == b"--"
        tail = base[behind + 2 * closes : line_end].strip(b" \t\r")
        # The boundary at the beginning of a line is enough (RFC 2046, 5.1.1). Taken at its word that would also end
        # parts at longer boundaries, so only markup that a mailer has put behind the close delimiter is passed over.
        if tail and not (closes and tail[:1] == b"<"):
            at = base.find(delimiter, line_end, end)
            continue
        count += 1
        if opened >= 0:
            parts.append((opened, before_line_end(base, opened, at)))
        else:
            preamble = (start, before_line_end(base, start, at))
        opened = min(line_end + 1, end)
        if closes:
            return Split(tuple(parts), True, opened, preamble, count)
        at = base.find(delimiter, opened, end)
    if opened >= 0:
        parts.append((opened, end))
    return Split(tuple(parts), False, end, preamble, count)


def loose_split(base: bytes | mmap, start: int, end: int, boundary: bytes) -> tuple[Span, ...]:
    """Split wherever some reader sees a delimiter: as a prefix, indented, in other case, after a bare CR, in mid-line.

    Goes on behind the close delimiter.
    """
    if not boundary:
        return ()
    text, wanted = bytes(base[start:end]).lower(), boundary.lower()
    parts: list[Span] = []
    opened = -1
    at, number = text.find(wanted), 0
    while at >= 0 and number < MOST_LOOSE:
        behind = at + len(wanted)
        front = _front_of_delimiter(text, at, behind)
        if front is not None:
            if opened >= 0:
                parts.append((opened, max(opened, start + front)))
            opened = _end_of_delimiter(base, start + behind, end)
            number += 1
        at = text.find(wanted, behind)
    if opened >= 0:
        parts.append((opened, end))
    return tuple(parts)


def _front_of_delimiter(text: bytes, at: int, behind: int) -> int | None:
    """Return where the delimiter begins whose boundary stands from AT to BEHIND, or None if it is none."""
    before = text[max(0, at - _BEFORE) : at]
    dashes = _DASHES.search(before)
    if dashes:
        return at - (len(before) - dashes.start())
    alone = before[-1:] in (b"\r", b"\n") and text[behind : behind + _BEFORE].lstrip(b" \t")[:1] in (b"\r", b"\n")
    return at if alone else None


def _end_of_delimiter(base: bytes | mmap, at: int, end: int) -> int:
    """Return where the line of a delimiter ends, by LF or by CR alone."""
    newline = base.find(b"\n", at, end)
    stop = end if newline < 0 else newline + 1
    carriage = base.find(b"\r", at, stop)
    return stop if carriage < 0 or base[carriage : carriage + 2] == b"\r\n" else carriage + 1


def mentions(base: bytes | mmap, start: int, end: int, boundary: bytes) -> int:
    """Count where BOUNDARY occurs between START and END, and where a line begins with it in other case."""
    found = _count(base, boundary, start, end)
    if boundary.lower() != boundary.upper():
        lower = boundary.lower()
        at = base.find(b"\n--", start, end)
        while at >= 0:
            text = base[at + 3 : min(end, at + 3 + len(boundary))]
            found += text != boundary and text.lower() == lower
            at = base.find(b"\n--", at + 3, end)
    return found


def _count(base: bytes | mmap, text: bytes, start: int, end: int) -> int:
    if isinstance(base, bytes):
        return base.count(text, start, end)
    return sum(1 for _ in _occurrences(base, text, start, end))


def _occurrences(base: bytes | mmap, text: bytes, start: int, end: int) -> Iterator[int]:
    at = base.find(text, start, end)
    while at >= 0:
        yield at
        at = base.find(text, at + len(text), end)


def guessed_boundary(base: bytes | mmap, start: int, end: int, *, declared: bool) -> bytes | None:
    """Return the first line `--TOKEN` that a MIME field follows, as readers take it that guess the boundary.

    Where a multipart is DECLARED, other fields may stand between; in a text, those are a forwarded header.
    """
    match = re.compile(_GUESS_IN_MULTIPART if declared else _GUESS).search(base, start, end)
    return match[1] if match else None


def before_line_end(base: bytes | mmap, start: int, at: int) -> int:
    """Return AT without the line end before it, but not less than START."""
    if at > start and base[at - 1 : at] == b"\n":
        at -= 1
        if at > start and base[at - 1 : at] == b"\r":
            at -= 1
    return at
