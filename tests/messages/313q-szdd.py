"""A file packed by Windows' COMPRESS.EXE."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"SZDD\x88\xf0\x27\x33A\0" + struct.pack("<I", 500) + noise(500), "report.ex_", newline)
