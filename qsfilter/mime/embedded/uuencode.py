"""Files in uuencode (POSIX.1-2017, uuencode) in a text, and those in its base64 form (`begin-base64`).

Guarantees: every block is found, also behind a decoy, without its `end`, and with blanks cut off at line ends; a
sentence that begins with "begin" is none, because a first data line must be as long as its first character says.
"""

from __future__ import annotations

import binascii
import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.mime.embedded.armour import LINE, base64_lines
from qsfilter.mime.embedded.messages import HEAD, begins_as_entity
from qsfilter.model import Child
from qsfilter.names import name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.mime.embedded.leaf_text import LeafText

_BEGIN = re.compile(
    rb"[Bb](?<![^\r\n].)[Ee][Gg][Ii][Nn]((?i:-base64))?((?i:-encoded))?[ \t]++"
    rb"(?:([0-9]{1,8})(?=[ \t\r\n]))?[ \t]*+([^\r\n]{0,1000}+)[^\r\n]*+"
    rb"(?:\r\n?|\n)",
    re.DOTALL,
)
"""The first line; the look behind its first letter, for a line end, is not in front because a search is faster so."""
_USUAL_MODE = re.compile(rb"[0-7]{3,4}")
_RUN = re.compile(rb"(?:M[ -`]{60}(?:\r\n?|\n))++")
"""Lines of 45 octets, as all but the last one of a file are."""
_BLANK = re.compile(rb"(?:[` \t]*+(?:\r\n?|\n))*+")
"""Lines that stand for no data."""
_LINE = re.compile(rb"[ -`]+")
_LETTERS = (string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/").encode()
_TO_BASE64 = bytes(_LETTERS[(octet - 32) & 63] for octet in range(256))
MOST_STEPS = 300_000
"""Lines of one leaf that are looked at by themselves: those with "begin", and those of data that are not full."""
MOST_JUNK = 5
"""Lines in a row that are no data and are passed over, if data follows and no `begin` stands among them."""


@dataclass(slots=True)
class _Block:
    data: bytearray
    end: int
    exact: int = 0
    """Lines whose first character says their length."""
    closed: bool = False


def children(leaf: LeafText) -> Iterator[Child]:
    """Yield the file of each block in LEAF. Raises LimitReached."""
    found = False
    for child in _files(leaf):
        found = True
        yield child
    if not found and leaf.coding == "uuencode" and (bare := _block(leaf.text, 0, iter(range(MOST_STEPS)))):
        yield Child(data=bytes(bare.data), names=leaf.part.names, origin="uuencode")


def _files(leaf: LeafText) -> Iterator[Child]:
    text, most = leaf.text, leaf.limits.members
    at = count = 0
    steps = iter(range(MOST_STEPS))
    for _ in steps:
        begin = _BEGIN.search(text, at)
        if begin is None:
            return
        at = begin.end()
        base64, coded_name, mode, raw = begin.groups(b"")
        raw = _plain(raw) if coded_name else raw.strip()
        if base64:
            data, end = base64_lines(text, at)
        else:
            block = _block(text, at, steps)
            usual = _USUAL_MODE.fullmatch(mode) and raw
            certain = block is not None and block.exact > (not usual and not block.closed)
            data, end = (bytes(block.data), block.end) if block and (usual or certain) else (b"", at)
        if data:
            leaf.taken.append((at, end))
            at = end
            count += 1
            if count > most:
                raise LimitReached("members", most)
            declared = "message/rfc822" if begins_as_entity(data[:HEAD]) else ""
            yield Child(data=data, names=(name(raw, "uuencode"),) if raw else (), declared=declared, origin="uuencode")
    raise LimitReached("uuencode lines", MOST_STEPS)


def _plain(raw: bytes) -> bytes:
    try:
        return binascii.a2b_base64(raw)
    except binascii.Error:
        return raw


def _block(text: bytes, at: int, steps: Iterator[int]) -> _Block | None:
    """Decode the lines at AT up to `end`, or return None where the first one is no data.

    Each line that is not full takes one of STEPS. Raises LimitReached.
    """
    block = _Block(bytearray(), at)
    junk = 0
    while junk <= MOST_JUNK:
        run = _RUN.match(text, at)
        if run:
            letters = bytearray(run[0].translate(_TO_BASE64, b"\r\n"))
            del letters[::61]
            block.data += binascii.a2b_base64(letters)
            block.exact += 1 + len(letters) // 60
            block.end = at = run.end()
            junk = 0
        if next(steps, None) is None:
            raise LimitReached("uuencode lines", MOST_STEPS)
        blank = _BLANK.match(text, at)
        at = blank.end() if blank else at
        if not junk:
            block.end = at
        found = LINE.match(text, at)
        if found is None or found.end() == at:
            break
        line, after = found[1], found.end()
        line = line.rstrip(b" \t") if len(line) > 62 else line.rstrip(b"\t")
        if line.lower().rstrip() == b"end":
            block.end = after
            block.closed = True
            break
        if (size := _size(line)) and not (junk and len(line) < 61):
            block.data += _decoded(line, size)
            block.exact += len(line) > size * 4 // 3
            block.end = after
            junk = 0
        elif line[:5].lower() == b"begin" or not block.data:
            break
        else:
            junk += 1
        at = after
    return block if block.exact or (block.closed and block.data) else None


def _size(line: bytes) -> int:
    """Return the number of octets in LINE, or 0 where it can't be a line of data.

    It may be shorter than its first character says, by blanks that were cut off, and two characters longer, by a
    checksum.
    """
    size = (line[0] - 32) & 63 if line else 0
    if not _LINE.fullmatch(line) or len(line) > 1 + (size + 2) // 3 * 4 + 2:
        return 0
    return size


def _decoded(line: bytes, size: int) -> bytes:
    try:
        return binascii.a2b_uu(line[: 1 + (size + 2) // 3 * 4])
    except binascii.Error:
        return b""
