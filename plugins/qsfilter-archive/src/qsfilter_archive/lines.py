"""One line of the manifest: which copy was kept when, with which bytes, and the hash that ties it to the line before.

The columns, separated by tabs: number, time (UTC), `kept` or `again` (it replaced an earlier attempt's copy), folder,
name, bytes, SHA-256 of the message, SHA-256 of its sidecar, SHA-256 of what a crash left before this line (`-` for
nothing), hash of the line before, hash of this line. The last one is SHA-256 over all that stands before it in the
line, the tab included.

Guarantee: a line in which one byte is another can't be read.
"""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

START = "0" * 64
"""Stands for the hash of the line before the first one."""
NOTHING = "-"
LONGEST = 1024
"""Bytes of a line with its end; the longest that `written` can make is shorter."""
NAME = re.compile(r"[0-9a-f]{64}")
_HASH = r"[0-9a-f]{64}"
_LINE = re.compile(
    rf"(([1-9][0-9]{{0,14}})\t([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}Z)\t(kept|again)"
    rf"\t([a-z0-9._/-]{{1,300}})\t({_HASH})\t([0-9]{{1,15}})\t({_HASH})\t({_HASH})\t(-|{_HASH})\t({_HASH})\t)({_HASH})"
)


class Line(NamedTuple):
    """One line, its hash being right."""

    number: int
    time: str
    what: str
    folder: str
    name: str
    size: int
    sha256: str
    sidecar: str
    torn: str
    before: str
    hash: str


class Kept(NamedTuple):
    """What a line is to say about a copy."""

    again: bool
    folder: str
    name: str
    size: int
    sha256: str
    sidecar: str


def written(kept: Kept, time: str, last: Line | None, torn: bytes = b"") -> bytes:
    """Return the line about KEPT at TIME that comes behind LAST, and behind what a crash left there: TORN."""
    columns = (
        str(last.number + 1 if last else 1),
        time,
        "again" if kept.again else "kept",
        kept.folder,
        kept.name,
        str(kept.size),
        kept.sha256,
        kept.sidecar,
        hash_of_torn(torn) if torn else NOTHING,
        last.hash if last else START,
        "",
    )
    text = "\t".join(columns).encode("ascii")
    return text + hashlib.sha256(text).hexdigest().encode("ascii") + b"\n"


def read(piece: bytes) -> Line | None:
    """Read PIECE, which may end with a newline; None where it is no line, or not as it was written."""
    found = _LINE.fullmatch(piece.removesuffix(b"\n").decode("latin-1"))
    if found is None or hashlib.sha256(found[1].encode("ascii")).hexdigest() != found[12]:
        return None
    number, time, what, folder, name, size, *hashes = found.groups()[1:]
    return Line(int(number), time, what, folder, name, int(size), *hashes)


def hash_of_torn(between: bytes) -> str:
    """Return the hash of what stands BETWEEN two lines; the newline that ends it may have been put there later."""
    return hashlib.sha256(between.removesuffix(b"\n")).hexdigest()
