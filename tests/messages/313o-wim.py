"""A disk image of Windows (WIM)."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"MSWIM\0\0\0" + struct.pack("<II", 208, 0x10D00) + noise(500), "report.wim", newline)
