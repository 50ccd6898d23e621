"""Reads one frame of zstd (RFC 8878, 3.1), block by block, by whichever library is there.

Guarantees: no step makes more than the 128 KiB of one block, whatever the frame declares; a frame that wants a larger
window than MEMORY is refused before anything is allocated for it; what stood before a broken block is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.streams.zstd_library import library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from mmap import mmap

MEMORY = 128 << 20
"""Bytes a decoder may take for what it looks back at: twice what `xz -9` asks for, and as much as the zstd command
accepts unasked (`--ultra -22` makes such frames)."""
WINDOW_LOG = 27
SKIPPABLE = b"\x2a\x4d\x18"
"""The magic of a frame to be skipped (3.1.2), behind its first octet."""

Piece = tuple[bytes, int]
"""Some of a stream's content, and how far in the base it has been read; behind the last one, the stream ends."""


class Broken(Exception):  # noqa: N818 - a state of the content, and no error of anybody here
    """A stream can't be read any further, or not by everybody."""

    def __init__(self, text: str, name: str = "corrupt", *, ended: bool = False) -> None:
        """Say why in TEXT; NAME is one of `actions.UNSCANNABLE_NAMES`; ENDED says that it was read to its end."""
        super().__init__(text)
        self.name = name
        self.ended = ended


def frame(base: bytes | mmap, at: int, end: int) -> Iterator[Piece]:
    """Yield the content of the frame of BASE at AT in pieces; END is where the whole content ends. Raises Broken."""
    head = base[at : min(at + 18, end)]
    if head[1:4] == SKIPPABLE:
        at += 8 + int.from_bytes(head[4:8], "little")
        if len(head) < 8 or at > end:
            raise Broken("a frame to be skipped is cut short")
        yield b"", at
        return
    length, window, has_checksum = _header(head)
    if window > MEMORY:
        raise Broken(f"it takes {window >> 20} MiB of memory to read, and may take {MEMORY >> 20}", "over-limit")
    decompress, failure = _decoder()
    try:
        decompress(head[:length])
        at, last = at + length, False
        while not last:
            header = int.from_bytes(base[at : min(at + 3, end)], "little")
            last, kind, size = bool(header & 1), header >> 1 & 3, header >> 3
            behind = at + 3 + (1 if kind == 1 else size)  # one octet that is repeated, or so many
            if at + 3 > end or behind > end:
                yield decompress(base[at:end]), end
                raise Broken("the stream is cut short")
            yield decompress(base[at:behind]), behind
            at = behind
        if has_checksum:
            yield decompress(base[at : min(at + 4, end)]), at + 4
    except (failure, EOFError) as error:
        raise Broken(str(error)) from error
    if at + 4 * has_checksum > end:
        raise Broken("the stream is cut short")


def _header(head: bytes) -> tuple[int, int, bool]:
    """Read a frame's header (3.1.1.1): its length, the window in bytes, and whether a checksum ends the frame."""
    if len(head) < 6:
        raise Broken("the stream is cut short")
    flags, at, window = head[4], 5, 0
    single = bool(flags & 0x20)
    if not single:
        base = 1 << (10 + (head[5] >> 3))
        window, at = base + base // 8 * (head[5] & 7), 6
    at += (0, 1, 2, 4)[flags & 3]  # the dictionary's number
    length = (int(single), 2, 4, 8)[flags >> 6]
    if at + length > len(head):
        raise Broken("the stream is cut short")
    if single:
        window = int.from_bytes(head[at : at + length], "little")
    return at + length, window, bool(flags & 4)


def _decoder() -> tuple[Callable[[bytes], bytes], type[Exception]]:
    """Return what decodes a frame bit by bit, and what it raises for bad data."""
    from importlib import import_module  # noqa: PLC0415 - few messages hold zstd

    name = library()
    module = import_module(name)
    if name == "zstandard":
        return module.ZstdDecompressor(max_window_size=1 << WINDOW_LOG).decompressobj().decompress, module.ZstdError
    options = {module.DecompressionParameter.window_log_max: WINDOW_LOG}
    return module.ZstdDecompressor(options=options).decompress, module.ZstdError
