"""Sparse files in tar: GNU's own format, and its three formats in pax headers (GNU tar manual, Storing Sparse Files).

Guarantees: a map that does not fit its data is told, and no file is filled by it; nothing is filled unasked.
"""

from __future__ import annotations

import os
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from qsfilter.tar.headers import BLOCK, SPARSE, decimal, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qsfilter.model import Blob, Span
    from qsfilter.tar.headers import Header

Piece = tuple[int, int]
"""Where some of the data stands in the file, and how many bytes that is."""
MAP_WINDOW = 1 << 20
"""Bytes at the start of a member in which a map must end."""
BAD = [(-1, -1)]
"""What stands for a map that can't be read."""


class Sparse(NamedTuple):
    """Where the data of a sparse file lies in the archive, and in the file."""

    data: Span
    pieces: list[Piece]
    size: int
    """Of the file, with its holes."""

    def fits(self) -> bool:
        """Whether the pieces lie in the file one behind the other, and are as long as the data."""
        at = 0
        for offset, length in self.pieces:
            if offset < at or length < 0:
                return False
            at = offset + length
        return at <= self.size and sum(length for _, length in self.pieces) == self.data[1] - self.data[0]

    def filled(self, blob: Blob) -> bytes:
        """Return the file, holes included, from the archive BLOB."""
        file, at = BytesIO(), self.data[0]
        for offset, length in self.pieces:
            file.seek(offset)
            file.write(blob.part_of(at, at + length).data)
            at += length
        if file.seek(0, os.SEEK_END) < self.size:
            file.seek(self.size - 1)
            file.write(b"\0")
        return file.getvalue()


def sparse(blob: Blob, found: Header, pax: Mapping[bytes, bytes], told: list[bytes], span: Span) -> Sparse | None:
    """Tell how the member of BLOB whose header is FOUND and whose data is SPAN is sparse, if it is.

    PAX are the records that hold for it, and TOLD the offsets and sizes that format 0.0 gives, one record each.
    """
    if found.type == SPARSE:
        return _old(blob, span)
    size = decimal(pax.get(b"GNU.sparse.realsize") or pax.get(b"GNU.sparse.size") or b"")
    size = -1 if size is None else size
    if pax.get(b"GNU.sparse.major") == b"1":
        pieces, used = _map_in(blob.part_of(span[0], min(span[1], span[0] + MAP_WINDOW, blob.size)).data)
        return Sparse((min(span[0] + used, span[1]), span[1]), pieces, size)
    if b"GNU.sparse.map" in pax:
        return Sparse(span, _pairs(pax[b"GNU.sparse.map"].split(b",")), size)
    if told or b"GNU.sparse.numblocks" in pax:
        return Sparse(span, _pairs(told), size)
    return None


def _old(blob: Blob, span: Span) -> Sparse:
    """Read the map in a header of GNU's own format, and in the blocks that follow it; the size does not count these."""
    start, end = span
    head = blob.part_of(start - BLOCK, start).data
    pieces = list(_entries(head, 386, 4))
    size, more = number(head[483:495]), head[482:483]
    while more.strip(b"\0") and start + BLOCK <= blob.size:
        block = blob.part_of(start, start + BLOCK).data
        pieces += _entries(block, 0, 21)
        more = block[504:505]
        start, end = start + BLOCK, end + BLOCK
    return Sparse((start, end), pieces, -1 if size is None else size)


def _entries(block: bytes, start: int, most: int) -> Iterator[Piece]:
    for at in range(start, start + 24 * most, 24):
        if not block[at : at + 12].strip(b"\0"):
            return
        offset, length = number(block[at : at + 12]), number(block[at + 12 : at + 24])
        yield -1 if offset is None else offset, -1 if length is None else length


def _map_in(data: bytes) -> tuple[list[Piece], int]:
    """Read the map at the start of a member's DATA (format 1.0), and how many bytes it takes, padding included."""
    first, newline, rest = data.partition(b"\n")
    count = decimal(first)
    if not newline or count is None or count > len(data) // 4:
        return BAD, 0
    lines = rest.split(b"\n", 2 * count)
    if len(lines) <= 2 * count:
        return BAD, 0
    return _pairs(lines[:-1]), -(-(len(data) - len(lines[-1])) // BLOCK) * BLOCK


def _pairs(numbers: list[bytes]) -> list[Piece]:
    values = [decimal(one) for one in numbers if one]
    known = [value for value in values if value is not None]
    return BAD if len(known) < len(values) or len(known) % 2 else list(zip(known[::2], known[1::2], strict=True))
