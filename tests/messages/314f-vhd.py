"""A disk image of Virtual PC (VHD)."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise

END = b"conectix" + struct.pack(">IIQ", 2, 0x10000, (1 << 64) - 1)  # codespell:ignore conectix


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(noise(1024) + END.ljust(512, b"\0"), "report.bin", newline)
