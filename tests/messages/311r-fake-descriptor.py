"""A stored member in whose data stand a descriptor that fits, and another member behind it."""

from __future__ import annotations

import zlib

from qsfilter.testing.archives import STORED, STREAMED, mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    hidden = member(b"x.txt", eicar()).written()
    first = member(b"a.bin", b"hello", STORED, streamed=True)
    whole = first.data + hidden
    told = {"flags": STREAMED, "size": len(whole), "packed": len(whole), "crc": zlib.crc32(whole)}
    return mailed(zip_file(member(b"a.bin", whole, STORED, streamed=True, entry=told)), "report.zip", newline)
