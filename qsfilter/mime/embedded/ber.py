"""Reads the elements of ASN.1's Basic Encoding Rules (X.690), of which DER is a part.

Guarantees: iterative and linear; lengths are cut at the content's end; never raises but LimitReached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached

if TYPE_CHECKING:
    from mmap import mmap

    from qsfilter.model import Span

CONSTRUCTED = 0x20
OCTETS = 0x04
MOST_HEADER = 160
"""Octets in which type and length of an element end; a length may have 126, most of them zero."""
MOST_ELEMENTS = 1_000_000
"""Elements that are walked through to find an end, or pieces of one string."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its first octet, and the span of its content."""

    tag: int
    start: int
    end: int
    """Where an indefinite one is enclosed; `behind` finds its own end."""
    indefinite: bool
    cut: bool
    """Its length says more than there is."""


def element(base: bytes | mmap, at: int, end: int) -> Element | None:
    """Read the element at AT in BASE, of which nothing reaches beyond END; None where there is none."""
    first = base[at : min(end, at + MOST_HEADER)]
    if len(first) < 2:
        return None
    tag, skip = first[0], 1
    if tag & 0x1F == 0x1F:  # the tag's number goes on in further octets
        while skip < len(first) and first[skip] & 0x80:
            skip += 1
        skip += 1
    if skip >= len(first):
        return None
    length = first[skip]
    skip += 1
    if length == 0x80:
        return Element(tag, at + skip, end, indefinite=True, cut=False)
    if length > 0x80:
        octets = length & 0x7F
        length = int.from_bytes(first[skip : skip + octets], "big")
        skip += octets
    start = min(at + skip, end)
    return Element(tag, start, min(start + length, end), indefinite=False, cut=start + length > end)


def behind(base: bytes | mmap, found: Element) -> int:
    """Return the offset behind FOUND. Raises LimitReached."""
    if not found.indefinite:
        return found.end
    at, depth = found.start, 1
    for _ in range(MOST_ELEMENTS):
        inner = element(base, at, found.end)
        if inner is None:
            return found.end
        if inner.indefinite:
            depth, at = depth + 1, inner.start
        elif inner.tag == 0 and inner.start == inner.end:
            depth, at = depth - 1, inner.end
            if depth == 0:
                return at
        else:
            at = inner.end
    raise LimitReached("BER elements", MOST_ELEMENTS)


def pieces(base: bytes | mmap, found: Element) -> list[Span]:
    """Return the spans of which the octet string FOUND consists: one, or those of its pieces (X.690, 8.7.3).

    Raises LimitReached.
    """
    if not found.tag & CONSTRUCTED:
        return [(found.start, found.end)]
    spans: list[Span] = []
    at, depth = found.start, 1
    for _ in range(MOST_ELEMENTS):
        inner = element(base, at, found.end)
        if inner is None:
            return spans
        if inner.tag & CONSTRUCTED:  # its own pieces follow at once, so it needs no place to come back to
            depth, at = depth + inner.indefinite, inner.start
        elif inner.tag == 0 and inner.start == inner.end:
            depth, at = depth - 1, inner.end
            if found.indefinite and depth == 0:
                return spans
        else:
            spans.append((inner.start, inner.end))
            at = inner.end
    raise LimitReached("BER elements", MOST_ELEMENTS)
