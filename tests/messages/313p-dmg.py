"""A disk image of macOS (DMG), which is known by its last 512 octets."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(noise(2048) + (b"koly" + struct.pack(">III", 4, 512, 1)).ljust(512, b"\0"), "report.dmg", newline)
