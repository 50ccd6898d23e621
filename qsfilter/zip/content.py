"""Reads the data of one member by its method (APPNOTE.TXT, 4.4.5), in bounded steps.

Guarantees: output ends one step behind the bound at most, whatever sizes are told; what a broken stream gave before it
broke is there, to the octet.
"""

from __future__ import annotations

import sys
import zlib
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

CHUNK = 1 << 16
STEP = 1 << 20
SMALL_CHUNK = 64
"""Octets of input for a decompressor whose output can't be bounded otherwise; Deflate64 makes 2 MB of them at most."""
LARGEST_DICTIONARY = 128 << 20
"""For LZMA, xz and Zstandard, in bytes; what asks for more is refused by them."""

STORED, DEFLATED, DEFLATE64, BZIP2, LZMA, ZSTD, XZ, AES = 0, 8, 9, 12, 14, 93, 95, 99
KNOWN = frozenset({*range(13), 14, 16, 18, 19, 20, *range(93, 99)})
"""Methods that have a meaning, whether we read them or not."""
LZMA_ENDS = 1 << 1
"""Bit of the general purpose flag: the LZMA stream has a mark at its end (4.4.4)."""


class Content(NamedTuple):
    """What reading a member's data gave."""

    data: bytes
    crc: int
    end: int
    """First offset behind the data that were read."""
    whole: bool
    """The stream came to its own end; stored data always do, unless the file ends before."""
    trouble: str = ""
    """Why reading ended before the end."""
    unread: bool = False
    """No reader for the method is here."""
    over: bool = False
    """There is more than the bound allows."""


class Decompressor(Protocol):
    """What the decompressors of the standard library have in common."""

    @property
    def eof(self) -> bool:
        """Whether the stream came to its end."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes without further input."""

    @property
    def unused_data(self) -> bytes:
        """Input behind the stream's end."""

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """Return at most MAX_LENGTH bytes of output, DATA being further input."""


def read(data: bytes, start: int, end: int, method: int, most: int, size: int = -1, flags: int = 0) -> Content:
    """Read what stands in DATA from START to END by METHOD, until there is more than MOST.

    SIZE is what the member is told to have unpacked, -1 if unknown; only LZMA without an end mark needs it.
    """
    last = min(end, len(data))
    if method == DEFLATED and last - start <= CHUNK:  # most members; the loop below would cost as much as inflating
        stream = zlib.decompressobj(-15)
        try:
            found = stream.decompress(data[start:last], min(STEP, most + 1))
        except zlib.error:
            found = b""
        if stream.eof:
            return Content(found, zlib.crc32(found), last - len(stream.unused_data), whole=True, over=len(found) > most)
    if method == STORED:
        found = data[start : min(last, start + most + 1)]
        over = len(found) > most
        return Content(found, zlib.crc32(found), last, end <= len(data), over=over)
    make = _maker(data, start, last, method, most)
    if make is None:
        return Content(b"", 0, last, whole=False, trouble=_unknown(method), unread=method in KNOWN)
    if method == LZMA and not flags & LZMA_ENDS and size > 0:
        first = _streamed(make, data, start + 9, last, min(most, size - 1), exact=True)
        if len(first.data) == size:  # every reader stops here
            return first._replace(end=last, whole=True, over=size > most)
    return _streamed(make, data, start + 9 if method == LZMA else start, last, most)


def _streamed(
    make: Callable[[], Decompressor], data: bytes, start: int, last: int, most: int, *, exact: bool = False
) -> Content:
    """Decompress from START to LAST until there is more than MOST; EXACT for one octet more and no other."""
    try:
        stream = make()
    except _errors() as error:
        return Content(b"", 0, last, whole=False, trouble=str(error))
    found, crc, at, fed, trouble = BytesIO(), 0, start, start, ""
    width = SMALL_CHUNK if isinstance(stream, _Deflate64) else CHUNK
    if isinstance(stream, _Zstandard):
        at = last
    while not (stream.eof or trouble) and (room := most + 1 - found.tell()) > 0:
        piece, dry = b"", False
        if stream.needs_input:
            piece, fed = data[at : min(at + width, last)], at
            at += len(piece)
            dry = not piece
        try:
            got = stream.decompress(piece, min(STEP, room) if exact else STEP)
        except _errors() as error:
            # The call that fails keeps back what it had made of the octets in front of the broken one.
            got, trouble = _salvaged(make, data, (start, fed, at), found.tell()), str(error)
        found.write(got)
        crc = zlib.crc32(got, crc)
        if dry and not got:
            break
    content = found.getvalue()
    whole = stream.eof and not trouble
    over = len(content) > most
    return Content(content, crc, at - len(stream.unused_data) if whole else at, whole, trouble, over=over and not exact)


def _salvaged(make: Callable[[], Decompressor], data: bytes, places: tuple[int, int, int], had: int) -> bytes:
    """Decompress again from the start, octet by octet where it broke; return what is behind HAD, and a step at most."""
    start, broken, last = places
    stream, total, found = make(), 0, bytearray()
    at = start
    try:
        while at < last and len(found) <= STEP and not stream.eof:
            width = min(CHUNK, broken - at) if at < broken else 1
            piece = data[at : at + width]
            at += width
            while True:
                got = stream.decompress(piece, STEP)
                piece = b""
                if total + len(got) > had:
                    found += got[max(0, had - total) :]
                total += len(got)
                if stream.needs_input or not got:
                    break
    except _errors():
        pass
    return bytes(found)


class _Deflate:
    """The stream of Deflate with the manners of the other decompressors."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(-15)
        self._full = False

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def needs_input(self) -> bool:
        return not self._full

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        found = self._stream.decompress(self._stream.unconsumed_tail + data, max_length)
        self._full = bool(self._stream.unconsumed_tail) or len(found) == max_length
        return found


class _Deflate64:
    """The stream of Deflate64, which gives all that its input makes."""

    needs_input = True
    unused_data = b""

    def __init__(self) -> None:
        self._stream = import_module("inflate64").Inflater()

    @property
    def eof(self) -> bool:
        return bool(self._stream.eof)

    def decompress(self, data: bytes, _max_length: int = -1, /) -> bytes:
        return bytes(self._stream.inflate(data)) if data else b""


def _maker(data: bytes, start: int, last: int, method: int, most: int) -> Callable[[], Decompressor] | None:
    """Return what makes a decompressor for METHOD, or nothing if there is none here."""
    if method == DEFLATED:
        return _Deflate
    if method == BZIP2:
        import bz2  # noqa: PLC0415 - few messages need it, as the following

        return bz2.BZ2Decompressor
    if method == XZ:
        import lzma  # noqa: PLC0415

        return lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=LARGEST_DICTIONARY)
    if method == LZMA:
        return lambda: _lzma(data[start : start + 9], most)
    return _installed(method, data, start, last)


def _installed(method: int, data: bytes, start: int, last: int) -> Callable[[], Decompressor] | None:
    """Return what makes a decompressor for METHOD from a library that may be installed."""
    from importlib.util import find_spec  # noqa: PLC0415 - few messages need it

    if method == DEFLATE64 and find_spec("inflate64"):
        return _Deflate64
    if method in {20, ZSTD} and find_spec("_zstd"):
        chosen: Callable[[], Decompressor] = import_module("compression.zstd").ZstdDecompressor
        return chosen
    if method in {20, ZSTD} and find_spec("zstandard"):
        return lambda: _Zstandard(data[start:last])
    return None


class _Zstandard:
    """The stream of Zstandard as the package zstandard reads it: all input at once, output in steps."""

    needs_input = False
    unused_data = b""

    def __init__(self, data: bytes) -> None:
        decompressor = import_module("zstandard").ZstdDecompressor(max_window_size=LARGEST_DICTIONARY)
        self._stream = decompressor.stream_reader(data, read_across_frames=True)
        self.eof = False

    def decompress(self, _data: bytes, max_length: int = -1, /) -> bytes:
        found = bytes(self._stream.read(max_length))
        self.eof = not found
        return found


def _lzma(head: bytes, most: int) -> Decompressor:
    """Make a decompressor by the head of an LZMA member (5.8.8): version, size of the properties, properties."""
    import lzma  # noqa: PLC0415

    if len(head) < 9 or head[2:4] != b"\x05\x00" or head[4] >= 225:
        raise lzma.LZMAError("no LZMA properties")
    rest, literal = divmod(head[4], 9)
    # The decoder takes the whole dictionary at once, and no more of it is used than there is output.
    dictionary = min(int.from_bytes(head[5:9], "little"), LARGEST_DICTIONARY, most + 1)
    chosen = {
        "id": lzma.FILTER_LZMA1,
        "lc": literal,
        "lp": rest % 5,
        "pb": rest // 5,
        "dict_size": max(4096, dictionary),
    }
    try:
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[chosen])
    except ValueError as error:
        raise lzma.LZMAError(str(error)) from error


def _unknown(method: int) -> str:
    return f"method {method} can't be read here" if method in KNOWN else f"unknown method {method}"


def _errors() -> tuple[type[Exception], ...]:
    """What decompressors raise for bad data: bz2 an OSError, though no file is touched; others only once imported."""
    found: list[type[Exception]] = [zlib.error, OSError, EOFError, ValueError, RuntimeError]
    for module, name in (("lzma", "LZMAError"), ("zstandard", "ZstdError"), ("compression.zstd", "ZstdError")):
        if module in sys.modules:
            found.append(getattr(sys.modules[module], name))
    return tuple(found)
