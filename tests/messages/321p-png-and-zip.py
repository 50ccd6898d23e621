"""A picture (PNG) with a zip in one of its texts."""

from __future__ import annotations

import struct
import zlib

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import eicar, zip_of


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
        + chunk(b"tEXt", b"a\0" + zip_of({"a.txt": eicar()}))
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b""),
        "report.png",
        newline,
    )
