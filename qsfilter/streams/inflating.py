"""Reads one compressed stream step by step with any decoder, and gzip's also where zlib refuses its header.

Guarantees: no step makes more than STEP bytes; all that a decoder makes of a broken stream is given, to the byte,
before Broken is raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from qsfilter.streams.zstd_frames import Broken, Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from mmap import mmap

CHUNK = 1 << 16
STEP = 1 << 18
GZIP_TRAILER = 8
GZIP, ZLIB, RAW = 31, 15, -15
"""zlib's window bits for gzip only, for its own format (RFC 1950), and for what has neither header nor end."""


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


def inflated(make: Callable[[], Decoder], base: bytes | mmap, at: int, end: int) -> Iterator[Piece]:
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


class Inflater:
    """zlib's decoder with the manners of the others; it gives all that it made before it fails.

    BITS are one of GZIP, ZLIB and RAW. A call behind the one that gave the last of a broken stream raises zlib.error.
    """

    def __init__(self, bits: int = GZIP) -> None:
        import zlib  # noqa: PLC0415 - as above

        self._stream = zlib.decompressobj(bits)
        self._error: zlib.error | None = None

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""
        return self._stream.eof

    @property
    def needs_input(self) -> bool:
        """Whether it has used all that it was given."""
        return not self._stream.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """What it was given behind the end of the stream."""
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Make at most MAX_LENGTH bytes out of what it has and DATA."""
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


def gzip(base: bytes | mmap, at: int, end: int) -> Iterator[Piece]:
    """Read a member (RFC 1952, 2.3), also behind a header that zlib refuses and other readers pass over."""
    trouble, start = _gzip_header(base, at, end)
    if not trouble:
        yield from inflated(Inflater, base, at, end)
        return
    behind = start
    for piece, behind in inflated(lambda: Inflater(RAW), base, start, end):
        yield piece, behind
    if behind + GZIP_TRAILER > end:
        raise Broken("the stream is cut short")
    yield b"", behind + GZIP_TRAILER
    raise Broken(trouble, ended=True)


def _gzip_header(base: bytes | mmap, at: int, end: int) -> tuple[str, int]:
    """Say what is wrong with the header at AT that is nothing to other readers than zlib, and where it ends."""
    flags = base[at + 3] if at + 10 <= end else 0
    if not flags & 0xE2:
        return "", at
    start, at = at, at + 10
    if flags & 4:
        at += 2 + int.from_bytes(base[at : at + 2], "little")
    for _ in range(bool(flags & 8) + bool(flags & 16)):  # name and comment
        at = base.find(b"\0", at, end) + 1
        if not at:
            return "", start
    behind = at + (flags & 2)
    if behind > end:
        return "", start
    if flags & 0xE0:
        return "its header has flags that mean nothing", behind
    from zlib import crc32  # noqa: PLC0415 - as above

    whole = crc32(base[start:at]) & 0xFFFF == int.from_bytes(base[at:behind], "little")
    return "" if whole else "its header has a wrong checksum", behind
