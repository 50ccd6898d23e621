"""Files in BinHex 4.0 (RFC 1741, appendix A) in a text: data fork, resource fork and name.

Guarantees: bounded output, although two octets can stand for 255; a file that is cut short gives what is there.
"""

from __future__ import annotations

import binascii
import re
import string
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.model import Child
from qsfilter.names import name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.mime.embedded.leaf_text import LeafText

_BEGIN = re.compile(rb"\(This file must be converted with BinHex[^\r\n]{0,100}+[\s\0]*+:", re.IGNORECASE)
_ALPHABET = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
_TO_BASE64 = bytes.maketrans(
    _ALPHABET, (string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/").encode()
)
_JUNK = bytes(octet for octet in range(256) if octet not in _ALPHABET)
_RUN = re.compile(rb"\x90([\s\S])")
LEAST = 30
"""Characters in the shortest file: a header of 22 octets with a name of one."""
LONGEST_NAME = 63


def children(leaf: LeafText) -> Iterator[Child]:
    """Yield the forks of each file in LEAF. Raises LimitReached."""
    text, most = leaf.text, leaf.limits.unpacked_bytes
    if leaf.coding == "binhex" and not _BEGIN.search(text):
        yield from _forks(text.strip().strip(b":").split(b":", 1)[0], most)
    at = 0
    for _ in range(leaf.limits.members):
        begin = _BEGIN.search(text, at)
        if begin is None:
            return
        at = text.find(b":", begin.end())
        at = len(text) if at < 0 else at
        leaf.taken.append((begin.end(), at))
        yield from _forks(text[begin.end() : at], most)
    raise LimitReached("members", leaf.limits.members)


def _forks(body: bytes, most: int) -> Iterator[Child]:
    """Yield the forks of the file in BODY, what stands between the colons; at most MOST octets and one more."""
    letters = body.translate(None, _JUNK)
    junk = len(body.translate(None, b"\r\n\t \0")) - len(letters.translate(None, b" "))
    if len(letters) < LEAST or junk * 8 > len(letters):
        return
    letters = letters[: len(letters) - (len(letters) % 4 == 1)].translate(_TO_BASE64)
    data = _expanded(binascii.a2b_base64(letters + b"=" * (-len(letters) % 4)), most)
    length = data[0] if data else 0
    at = 1 + length + 1 + 4 + 4 + 2  # name, version, type, creator, flags
    sizes = data[at : at + 8]
    if not 0 < length <= LONGEST_NAME or len(sizes) < 8:
        return
    names = (name(data[1 : 1 + length], "binhex"),)
    start = at + 8 + 2  # sizes and checksum
    end = start + int.from_bytes(sizes[:4], "big")
    for first, last in ((start, end), (end + 2, end + 2 + int.from_bytes(sizes[4:], "big"))):
        if fork := data[first:last]:
            yield Child(data=fork, names=names, origin="binhex")
    if len(data) > most:
        raise LimitReached("unpacked_bytes", most)


def _expanded(data: bytes, most: int) -> bytes:
    """Undo the run-length coding: 0x90 and a count repeat the octet before, 0x90 0x00 is 0x90 itself."""
    found = bytearray()
    at = 0
    for run in _RUN.finditer(data):
        found += data[at : run.start()]
        count = run[1][0]
        if count == 0:
            found.append(0x90)
        elif found:
            found += found[-1:] * (count - 1)
        at = run.end()
        if len(found) > most:
            break
    found += data[at:]
    return bytes(found[: most + 1])
