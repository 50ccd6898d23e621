"""Files in AppleSingle and AppleDouble (RFC 1740, appendices A and B): data fork, resource fork and real name.

Guarantees: every offset is checked against the content; forks are spans, nothing is copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.model import Child
from qsfilter.names import name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.mime.embedded.leaf_text import LeafText
    from qsfilter.model import Name, Span

DATA_FORK, RESOURCE_FORK, REAL_NAME = 1, 2, 3
_ENTRIES = 24
"""Offset of the number of entries: magic, version and filler stand before it."""
MOST_ENTRIES = 64


def children(leaf: LeafText) -> Iterator[Child]:
    """Yield the forks of LEAF, which begins with the number of one of the two formats."""
    part = leaf.part
    base, (start, end) = part.blob.base, part.blob.span
    table = base[start : min(end, start + _ENTRIES + 2 + 12 * MOST_ENTRIES)]
    found: dict[int, list[Span]] = {}
    count = int.from_bytes(table[_ENTRIES : _ENTRIES + 2], "big")
    for at in range(_ENTRIES + 2, min(len(table) - 11, _ENTRIES + 2 + 12 * count), 12):
        kind, offset, size = (int.from_bytes(table[at + skip : at + skip + 4], "big") for skip in (0, 4, 8))
        first = min(offset, end - start)
        found.setdefault(kind, []).append((first, min(first + size, end - start)))
    names: dict[Name, None] = {}
    for first, last in found.get(REAL_NAME, ()):
        if raw := bytes(base[start + first : start + min(last, first + 255)]):
            names.setdefault(name(raw, "applesingle"))
    forks = 0
    for kind in (DATA_FORK, RESOURCE_FORK):
        for first, last in found.get(kind, ()):
            if first < last:
                forks += 1
                yield Child(data=part.blob.part_of(first, last), names=tuple(names) or part.names, origin="applesingle")
    if names and not forks:  # the header part of an AppleDouble, which names the part behind it
        yield Child(data=b"", names=tuple(names), origin="applesingle")
