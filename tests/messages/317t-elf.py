"""A program for Unix."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed((b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HH", 2, 62)).ljust(64, b"\0"), "report.bin", newline)
