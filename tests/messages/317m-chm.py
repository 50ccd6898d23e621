"""A help file of Windows, by its content."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"ITSF" + struct.pack("<IIIII", 3, 96, 1, 0, 0x409) + noise(300), "report.bin", newline)
