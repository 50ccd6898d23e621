"""Reads the streams of one compressed file: what they hold together, what each holds, and what stands behind them.

Guarantees: what a broken or endless one gave is scanned, and it is never clean; no content is held twice.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.model import Blob, Child
from qsfilter.names import name, name_from_text
from qsfilter.streams.formats import EACH, Streams
from qsfilter.words import irregular, unscannable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.context import Context
    from qsfilter.model import Finding, Name, Part

HELD = 64 << 20
"""Bytes up to which a content is held as it is read. What grows beyond is first read to its end without holding it, so
that a bomb takes no more memory than this, and only then once more."""
ENDINGS = {
    **dict.fromkeys(("gz", "z", "bz2", "bz", "xz", "lzma", "zst", "zstd"), ""),
    **dict.fromkeys(("tgz", "taz", "tbz2", "tbz", "tb2", "tz2", "txz", "tlz", "tzst"), ".tar"),
    "svgz": ".svg",
    "emz": ".emf",
    "wmz": ".wmf",
}
"""What a reader puts in place of the ending of a compressed file's name."""


def read_streams(kind: str, part: Part, ctx: Context) -> Iterator[Child | Finding]:
    """Yield what the streams of KIND at the start of PART hold together, then each of several, then what follows them.

    Raises LimitReached where they hold more than the Budget has left.
    """
    streams, whole, over = _read(kind, part.blob, ctx.budget.bytes_left)
    names = _names(kind, part, [at for at, _ in streams.starts])
    yield Child(data=whole, names=names, origin=kind)
    if over:
        if not part.shadow:
            ctx.budget.spend_bytes(ctx.budget.bytes_left + 1)
        raise LimitReached("unpacked_bytes", ctx.limits.unpacked_bytes)
    yield from _each(kind, part, streams, whole)
    if streams.trouble:
        yield unscannable(streams.trouble.name, part, f"{kind}: {streams.trouble}"[:200])
    if (not streams.trouble or streams.trouble.ended) and streams.behind < part.blob.size:
        behind = (streams.behind, part.blob.size)
        yield Child(data=part.blob.part_of(*behind), origin=kind, span=behind)
        yield irregular("trailing-data", part, f"{part.blob.size - streams.behind} bytes behind {kind}")


def _read(kind: str, blob: Blob, most: int) -> tuple[Streams, Blob, bool]:
    """Return the streams of BLOB as read, what they hold, and whether that is more than MOST, and thus cut."""
    streams, held = Streams(kind, blob), BytesIO()
    pieces = iter(streams)
    if not _fits(pieces, held, min(most, HELD)):
        if streams.size > most or any(streams.size > most for _ in pieces):
            held.truncate(min(most, HELD))
            return streams, Blob(held.getvalue()), True
        del pieces, held
        streams, held = Streams(kind, blob), BytesIO()
        _fits(iter(streams), held, most)
    return streams, Blob(held.getvalue()), False


def _fits(pieces: Iterator[bytes], held: BytesIO, most: int) -> bool:
    """Write PIECES to HELD until it has more than MOST bytes, and return whether all of them are in it."""
    for piece in pieces:
        held.write(piece)
        if held.tell() > most:
            return False
    return True


def _each(kind: str, part: Part, streams: Streams, whole: Blob) -> Iterator[Child]:
    """Yield what each of several streams holds: some readers stop behind the first.

    Of very many, as BGZF and pbzip2 make of one file, only the first ones: no reader takes a later one for a file.
    """
    ends = [start for _, start in streams.starts[1:]]
    if streams.count <= EACH:
        ends.append(whole.size)
    for (at, start), end in zip(streams.starts, ends, strict=False):
        if 0 < end - start < whole.size:
            yield Child(data=whole.part_of(start, end), names=_names(kind, part, [at]), origin=kind)


def _names(kind: str, part: Part, starts: list[int]) -> tuple[Name, ...]:
    """Return the names in the headers of the streams at STARTS, and the container's own without its ending."""
    found = [inner for at in starts for inner in _gzip_name(part.blob, at)] if kind == "gzip" else []
    for outer in part.names:
        for form in outer.forms:
            stem, _, ending = form.rpartition(".")
            replaced = ENDINGS.get(ending.lower())
            if stem and replaced is not None:
                found.append(name_from_text(stem + replaced, kind))
    return tuple(dict.fromkeys(found))


def _gzip_name(blob: Blob, at: int) -> tuple[Name, ...]:
    """Return the name in the header of the gzip member at AT, if it has one (RFC 1952, 2.3)."""
    head = blob.part_of(at, min(at + (1 << 17), blob.size)).data
    flags, at = head[3:4], 10
    if not flags or not flags[0] & 8:
        return ()
    if flags[0] & 4:
        at += 2 + int.from_bytes(head[at : at + 2], "little")
    end = head.find(b"\0", at)
    return (name(head[at : end if end >= 0 else at + 255], "gzip"),)
