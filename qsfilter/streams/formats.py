"""Reads compressed streams piece by piece: gzip (RFC 1952), bzip2, xz and .lzma; zstd has a module of its own.

Guarantees: no step makes more than STEP bytes and no decoder takes more than MEMORY; all that a decoder makes of a
broken stream is given, to the byte, before Broken is raised; a number of streams that no writer makes ends in Broken.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from qsfilter.streams import zstd_frames
from qsfilter.streams.inflating import gzip, inflated
from qsfilter.streams.zstd_frames import MEMORY, Broken, Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from mmap import mmap

    from qsfilter.model import Blob

MOST_STREAMS = 100_000
"""Streams in one content: BGZF makes one of every 64 KiB. Without a bound, empty ones would cost seconds a megabyte."""
EACH = 64
"""Streams whose places are kept."""


class Format(NamedTuple):
    """How the streams of one kind of container follow each other, and how one is read."""

    further: re.Pattern[bytes]
    """What the next stream of the same file begins with."""
    padded: bool
    """Whether readers look for it behind NULs too."""
    read: Callable[[bytes | mmap, int, int], Iterator[Piece]]
    """Given a base, where the stream begins and where the content ends, yields its content in pieces."""


class Streams:
    """All streams in BLOB, which begins as KIND; iterate once for their contents, one behind the other.

    That is what gzip, bzip2, xz and zstd make of such a file. Offsets in the content count from BLOB's start.
    """

    def __init__(self, kind: str, blob: Blob) -> None:
        self.starts: list[tuple[int, int]] = []
        """Where each of the first EACH streams begins: offset in BLOB, and in all that they hold."""
        self.count = 0
        self.size = 0
        self.behind = 0
        """Where the last stream ends, NULs behind it included; it is BLOB's size where nothing follows."""
        self.trouble: Broken | None = None
        self._format = FORMATS[kind]
        self._blob = blob

    def __iter__(self) -> Iterator[bytes]:
        base, (start, end) = self._blob.base, self._blob.span
        at = start
        try:
            while self.count < MOST_STREAMS:
                if self.count < EACH:
                    self.starts.append((at - start, self.size))
                self.count += 1
                try:
                    for piece, behind in self._format.read(base, at, end):
                        at = behind
                        if piece:
                            self.size += len(piece)
                            yield piece
                except Broken as trouble:
                    if not trouble.ended:
                        raise
                    self.trouble = trouble
                padding = _NULS.match(base, at, end)
                self.behind = (padding.end() if padding else at) - start
                if self._format.padded:
                    at = start + self.behind
                if not self._format.further.match(base, at, end):
                    return
            raise Broken(f"more than {MOST_STREAMS} streams", "over-limit")
        except Broken as trouble:
            self.trouble = trouble


def _bzip2(base: bytes | mmap, at: int, end: int) -> Iterator[Piece]:
    from bz2 import BZ2Decompressor  # noqa: PLC0415 - few messages hold compressed streams

    return inflated(BZ2Decompressor, base, at, end)


def _xz(base: bytes | mmap, at: int, end: int) -> Iterator[Piece]:
    import lzma  # noqa: PLC0415 - as above

    return inflated(lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY), base, at, end)


def _lzma(base: bytes | mmap, at: int, end: int) -> Iterator[Piece]:
    import lzma  # noqa: PLC0415 - as above

    return inflated(lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MEMORY), base, at, end)


_NULS = re.compile(rb"\0*")
FORMATS = {
    "gzip": Format(re.compile(rb"\x1f\x8b\x08"), True, gzip),
    "bzip2": Format(re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)", re.DOTALL), False, _bzip2),
    "xz": Format(re.compile(rb"\xfd7zXZ\x00"), True, _xz),
    "lzma": Format(re.compile(rb"(?!)"), False, _lzma),  # nothing in the format says that another one follows
    "zstd": Format(re.compile(rb"[\x50-\x5f]\x2a\x4d\x18|\x28\xb5\x2f\xfd", re.DOTALL), False, zstd_frames.frame),
}
"""The kinds of `sniff.KINDS` that are a stream of one file."""
