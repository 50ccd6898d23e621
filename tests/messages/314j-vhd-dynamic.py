"""A dynamic disk image of Virtual PC, which begins with a copy of its end."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise

END = b"conectix" + struct.pack(">IIQ", 2, 0x10000, 512)  # codespell:ignore conectix


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(END.ljust(512, b"\0") + b"cxsparse" + noise(3000), "report.bin", newline)
