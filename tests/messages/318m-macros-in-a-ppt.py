"""A presentation, in which the Visual Basic project is a compressed object."""

from __future__ import annotations

import struct
import zlib

from qsfilter.testing.archives import mailed
from qsfilter.testing.documents import compound

PROJECT = {"VBA/dir": b"\x01\xb0\x80", "VBA/_VBA_PROJECT": b"\xcc\x61", "PROJECT": b"ID={}"}


def build(newline: bytes) -> bytes:
    """Return the message."""
    project = zlib.compress(compound(PROJECT))
    size = struct.pack("<I", len(compound(PROJECT)))
    stream = struct.pack("<HHI", 0x10, 0x1011, 4 + len(project)) + size + project
    return mailed(compound({"PowerPoint Document": stream.ljust(4096, b"\0")}), "report.ppt", newline)
