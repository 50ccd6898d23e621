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
        import zlib  # noqa: PLC0415 - few messages hold gzip

        rest = part.blob.data
        while rest[:3] == SIGNATURE:
            stream = zlib.decompressobj(GZIP)
            found = bytearray()
            trouble = ""
            try:
                source = rest
                while not stream.eof and source and len(found) <= ctx.budget.bytes_left:
                    found += stream.decompress(source, STEP)
                    source = stream.unconsumed_tail
            except zlib.error as error:
                trouble = str(error)
            names = _names(rest, part)
            if found or not trouble:
                yield Child(data=bytes(found), names=names, origin="gzip")
            if trouble or not stream.eof:
                yield unscannable("corrupt", part, trouble or "the stream is cut short")
                return
            rest = stream.unused_data


def _names(member: bytes, part: Part) -> tuple[Name, ...]:
    """Return the name in the member's header (RFC 1952, 2.3), and the container's own without its ending."""
    found: list[Name] = []
    flags, at = member[3:4], 10
    if flags and flags[0] & 4:
        at += 2 + int.from_bytes(member[10:12], "little")
    if flags and flags[0] & 8:
        end = member.find(b"\0", at, at + 1024)
        found.append(name(member[at : end if end >= 0 else at + 255], "gzip"))
    for outer in part.names:
        stem, _, ending = outer.raw.rpartition(b".")
        if stem and ending.lower() in {b"gz", b"tgz", b"z"}:
            found.append(name(stem + b".tar" if ending.lower() == b"tgz" else stem, "gzip"))
    return tuple(dict.fromkeys(found))
