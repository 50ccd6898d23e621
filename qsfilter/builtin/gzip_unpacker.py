"""Opens gzip (RFC 1952): every member of the stream, in bounded steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.hookspecs import hookimpl, plugin
from qsfilter.model import Child
from qsfilter.names import name
from qsfilter.words import unscannable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.context import Context
    from qsfilter.model import Finding, Name, Part

SIGNATURE = b"\x1f\x8b\x08"
CHUNK = 1 << 16
STEP = 1 << 20
GZIP = 31  # zlib's window bits for "the gzip format only"


@plugin
class GzipUnpacker:
    """Members of a gzip stream, found by content; what a broken stream gave before it broke is scanned."""

    opens = frozenset({"gzip"})

    @hookimpl
    def unpack(self, part: Part, ctx: Context) -> Iterator[Child | Finding]:
        """Yield the content of each member of PART."""
        start, end = part.blob.span
        if part.blob.base[start : start + 3] != SIGNATURE or end - start < 3:
            return
        data, at = part.blob.data, 0
        while data[at : at + 3] == SIGNATURE:
            found, trouble, behind = _inflated(data, at, ctx.budget.bytes_left)
            yield Child(data=found, names=_names(data, at, part), origin="gzip")
            if trouble:
                yield unscannable("corrupt", part, trouble)
                return
            at = behind


def _inflated(data: bytes, at: int, most: int) -> tuple[bytes, str, int]:
    """Inflate the member at AT until it has more than MOST bytes; return them, what is wrong, and where it ends."""
    import zlib  # noqa: PLC0415 - few messages hold gzip

    stream = zlib.decompressobj(GZIP)
    found, piece = bytearray(), b""
    while not stream.eof and len(found) <= most and (piece or at < len(data)):
        if not piece:
            piece = data[at : at + CHUNK]
            at += len(piece)
        before = stream.copy()
        try:
            found += stream.decompress(piece, STEP)
        except zlib.error as error:
            # zlib keeps back what the call had made of the octets in front of the broken one.
            try:
                for octet in piece:
                    found += before.decompress(bytes((octet,)))
            except zlib.error:
                pass
            return bytes(found), str(error), at
        piece = stream.unconsumed_tail
    return bytes(found), "" if stream.eof else "the stream is cut short", at - len(stream.unused_data)


def _names(data: bytes, start: int, part: Part) -> tuple[Name, ...]:
    """Return the name in the header of the member at START (RFC 1952, 2.3), and the container's without its ending."""
    found: list[Name] = []
    flags, at = data[start + 3 : start + 4], start + 10
    if flags and flags[0] & 4:
        at += 2 + int.from_bytes(data[at : at + 2], "little")
    if flags and flags[0] & 8:
        end = data.find(b"\0", at, at + 1024)
        found.append(name(data[at : end if end >= 0 else at + 255], "gzip"))
    for outer in part.names:
        stem, _, ending = outer.raw.rpartition(b".")
        if stem and ending.lower() in {b"gz", b"tgz", b"z"}:
            found.append(name(stem + b".tar" if ending.lower() == b"tgz" else stem, "gzip"))
    return tuple(dict.fromkeys(found))
