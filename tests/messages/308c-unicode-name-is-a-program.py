"""The Unicode field of a member names a program, and its headers a text."""

from __future__ import annotations

import struct
import zlib

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    extra = b"\x01" + struct.pack("<I", zlib.crc32(b"a.txt")) + b"x.exe"
    extra = struct.pack("<HH", 0x7075, len(extra)) + extra
    return mailed(zip_file(member(b"a.txt", eicar(), both={"extra": extra})), "report.zip", newline)
