"""The Unicode field of a member names a program, and its checksum is wrong, so that some readers pass over it."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    extra = b"\x01" + bytes(4) + b"x.exe"
    extra = struct.pack("<HH", 0x7075, len(extra)) + extra
    return mailed(zip_file(member(b"a.txt", b"hello", both={"extra": extra})), "report.zip", newline)
