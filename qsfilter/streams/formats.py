"""Reads compressed streams piece by piece: gzip (RFC 1952), bzip2, xz and .lzma; zstd has a module of its own.

Guarantees: no step makes more than STEP bytes and no decoder takes more than MEMORY; all that a decoder makes of a
broken stream is given, to the byte, before Broken is raised; a number of streams that no writer makes ends in Broken.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

from qsfilter.streams import zstd_frames
from qsfilter.streams.zstd_frames import MEMORY, Broken, Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from mmap import mmap

    from qsfilter.model import Blob

CHUNK = 1 << 16
STEP = 1 << 18
MOST_STREAMS = 100_000
"""Streams in one content: BGZF makes one of every 64 KiB. Without a bound, empty ones would cost seconds a megabyte."""
EACH = 64
"""Streams whose places are kept."""
GZIP = 31  # zlib's window bits for "the gzip format only"


class Decoder(Protocol):
    """What the decoders of `bz2` and `lzma` have in common."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether it has used all that it was given."""

    @property
    def unused_data(self) -> bytes:
        """What it was given behind the end of the stream."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Make at most MAX_LENGTH bytes out of what it has and DATA."""


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
                for piece, behind in self._format.read(base, at, end):
                    at = behind
                    if piece:
                        self.size += len(piece)
                        yield piece
                padding = _NULS.match(base, at, end)
                self.behind = (padding.end() if padding else at) - start
                if self._format.padded:
                    at = start + self.behind
                if not self._format.further.match(base, at, end):
                    return
            raise Broken(f"more than {MOST_STREAMS} streams", "over-limit")
        except Broken as trouble:
            self.trouble = trouble


def _inflated(make: Callable[[], Decoder], base: bytes | mmap, at: int, end: int) -> Iterator[Piece]:
    """Yield what a decoder that MAKE makes gives for the stream at AT, each piece with where the input is by then."""
    import lzma  # noqa: PLC0415
    import zlib  # noqa: PLC0415 - few messages hold compressed streams

    start, last, done, decoder, idle = at, at, 0, make(), False
    try:
        while not decoder.eof:
            wants = decoder.needs_input
            given = base[at : min(at + CHUNK, end)] if wants else b""
            last, at = (at, at + len(given)) if wants else (last, at)
            piece = decoder.decompress(given, STEP)
            if _is_stuck(piece, given, wants=wants, idle=idle) and not decoder.eof:
                raise Broken("the stream is cut short")
            idle = not piece and not given
            done += len(piece)
            yield piece, at
    except zlib.error as error:
        raise Broken(str(error)) from error
    except (lzma.LZMAError, OSError, EOFError, ValueError) as error:  # OSError is bz2's for bad data
        yield _last(make(), base, (start, last, at), done), at
        # liblzma's own words; its exceptions have no codes.
        raise Broken(str(error), "over-limit" if str(error) == "Memory usage limit exceeded" else "corrupt") from error
    yield b"", at - len(decoder.unused_data)


def _last(decoder: Decoder, base: bytes | mmap, places: tuple[int, int, int], done: int) -> bytes:
    """Return what DECODER makes of a stream behind the first DONE bytes, until it fails.

    PLACES are where the stream begins in BASE, and between which two offsets it breaks.

    The decoders of `bz2` and `lzma` keep back what a call had made before it met the break; asked for single bytes,
    and given single ones, they give all but at most the very last.
    """
    import lzma  # noqa: PLC0415 - as above

    found, idle = bytearray(), False
    at, last, end = places
    try:
        while not decoder.eof:
            wants = decoder.needs_input
            given = base[at : min(at + CHUNK, last) if at < last else min(at + 1, end)] if wants else b""
            at += len(given)
            piece = decoder.decompress(given, min(STEP, done) or 1)
            if done:
                done -= len(piece)
            else:
                found += piece
            if _is_stuck(piece, given, wants=wants, idle=idle):
                break
            idle = not piece and not given
    except (lzma.LZMAError, OSError, EOFError, ValueError):
        pass
    return bytes(found)


def _is_stuck(piece: bytes, given: bytes, *, wants: bool, idle: bool) -> bool:
    """Whether a decoder has nothing more to give: it made no PIECE of nothing GIVEN, though it WANTS or was IDLE.

    liblzma may say that it needs no input when its output was full, and then have nothing left.
    """
    return not piece and not given and (wants or idle)


class _Gzip:
    """zlib's decoder with the manners of the others; it gives all that it made before it fails."""

    def __init__(self) -> None:
        import zlib  # noqa: PLC0415 - as above

        self._stream = zlib.decompressobj(GZIP)
        self._error: zlib.error | None = None

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def needs_input(self) -> bool:
        return not self._stream.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        import zlib  # noqa: PLC0415 - as above

        if self._error:
            raise self._error
        given, before = self._stream.unconsumed_tail + data, self._stream.copy()
        try:
            return self._stream.decompress(given, max_length)
        except zlib.error as error:
            self._error = error
        # zlib keeps back what the call had made of the octets in front of the broken one.
        found = bytearray()
        try:
            for octet in given:
                found += before.decompress(bytes((octet,)))
        except zlib.error:
            pass
        return bytes(found)


def _gzip(base: bytes | mmap, at: int, end: int) -> Iterator[Piece]:
    return _inflated(_Gzip, base, at, end)


def _bzip2(base: bytes | mmap, at: int, end: int) -> Iterator[Piece]:
    from bz2 import BZ2Decompressor  # noqa: PLC0415 - as above

    return _inflated(BZ2Decompressor, base, at, end)


def _xz(base: bytes | mmap, at: int, end: int) -> Iterator[Piece]:
    import lzma  # noqa: PLC0415 - as above

    return _inflated(lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY), base, at, end)


def _lzma(base: bytes | mmap, at: int, end: int) -> Iterator[Piece]:
    import lzma  # noqa: PLC0415 - as above

    return _inflated(lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MEMORY), base, at, end)


_NULS = re.compile(rb"\0*")
FORMATS = {
    "gzip": Format(re.compile(rb"\x1f\x8b\x08"), True, _gzip),
    "bzip2": Format(re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)", re.DOTALL), False, _bzip2),
    "xz": Format(re.compile(rb"\xfd7zXZ\x00"), True, _xz),
    "lzma": Format(re.compile(rb"(?!)"), False, _lzma),  # nothing in the format says that another one follows
    "zstd": Format(re.compile(rb"[\x50-\x5f]\x2a\x4d\x18|\x28\xb5\x2f\xfd", re.DOTALL), False, zstd_frames.frame),
}
"""The kinds of `sniff.KINDS` that are a stream of one file."""
