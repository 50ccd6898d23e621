"""A file that unpacks to itself for ever, in front of the EICAR test file in one zip."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar

UNIT = 5
REPEAT = bytes.fromhex("428821c400")
"""A block of Deflate that repeats the 20 octets in front of it."""


def literal(*units: bytes) -> bytes:
    """Return a block of Deflate that holds UNITS; each block is a unit of five octets itself."""
    data = b"".join(units)
    return b"\0" + struct.pack("<HH", len(data), len(data) ^ 0xFFFF) + data


def quine() -> bytes:
    """Return a gzip file that unpacks to itself; the checksum is the one that makes it true."""
    head = b"\x1f\x8b\x08\x08\0\0\0\0\0\x03q.gz\0"
    none, four = literal(), literal(bytes(4 * UNIT))[:UNIT]
    one = literal(bytes(UNIT))[:UNIT]
    tail = none + b"\x03\0" + struct.pack("<II", 0x9D4DE8, 42 * UNIT)
    front = head + four + head + four + REPEAT + literal(REPEAT) + literal(one) + literal(REPEAT, one, one, four)
    middle = REPEAT + literal(REPEAT, four, REPEAT, four) + REPEAT + literal(REPEAT, none, none, four)
    return front + middle + REPEAT + none + none + four + REPEAT + tail + REPEAT + tail


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"q.gz", quine()), member(b"a.txt", eicar())), "report.zip", newline)
