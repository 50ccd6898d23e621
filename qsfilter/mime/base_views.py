"""The message as readers see it that treat its octets otherwise: bare CR as line end, no NUL, another start, UTF-16.

Guarantee: a message without such octets costs three searches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.mime.entity import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator
    from mmap import mmap

    from qsfilter.limits import Limits
    from qsfilter.mime.entity import Entity
    from qsfilter.model import Blob

_BARE_CR = re.compile(rb"\r(?!\n)")
_FIELD = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}[ \t]*:")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
LONGEST_JUNK = 4096
MOST_JUNK_LINES = 20


@dataclass(frozen=True, slots=True)
class View:
    """Other bytes, or another start in the same ones."""

    code: str
    base: bytes | mmap
    start: int


def other_bases(blob: Blob) -> Iterator[View]:
    """Yield each other way to see the octets of BLOB as a message."""
    base = blob.base
    start, end = blob.span
    if not end > start:
        return
    data = base if isinstance(base, bytes) and (start, end) == (0, len(base)) else blob.data
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[1:2] == b"\0" or data[:1] == b"\0":
        coding = "utf-16-be" if data[:2] == b"\xfe\xff" or data[:1] == b"\0" else "utf-16-le"
        text = data.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").decode(coding, "replace")
        yield View("utf-16", text.encode("utf-8", "replace"), 0)
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        yield View("bare-cr", _BARE_CR.sub(b"\n", data), 0)
    if b"\0" in data:
        yield View("nul", data.replace(b"\0", b""), 0)
    if not b"A" <= data[:1].upper() <= b"Z":
        begins = _behind_junk(data)
        if begins:
            yield View("leading-junk", data, begins)


def _behind_junk(data: bytes) -> int:
    """Return where the first field begins if a mark, blanks, or lines that are no fields stand in front; else 0."""
    at = next((len(mark) for mark in _MARKS if data.startswith(mark)), 0)
    for _ in range(MOST_JUNK_LINES):
        while data[at : at + 1] in (b" ", b"\t", b"\0"):
            at += 1
        if at > LONGEST_JUNK:
            return 0
        if _FIELD.match(data, at):
            return at
        newline = data.find(b"\n", at, LONGEST_JUNK)
        if newline < 0:
            return 0
        at = newline + 1
    return 0


def differs(base: bytes | mmap, usual: Entity, view: View, entity: Entity, limits: Limits) -> bool:
    """Whether ENTITY, read from VIEW, has a leaf that USUAL, read from BASE, has not, NUL and line ends left out."""
    known = {_plain(base[first:last]) for first, last, _ in leaves(base, [usual], limits)}
    found = {_plain(view.base[first:last]) for first, last, _ in leaves(view.base, [entity], limits)}
    return bool(found - known)


def _plain(data: bytes) -> bytes:
    return data.translate(None, b"\0\r\n \t")
