"""A list of a million empty properties."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed
from qsfilter.testing.documents import attribute, tnef

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tnef(
            attribute(0x69002, bytes(14)),
            attribute(0x69005, struct.pack("<I", 1_000_000) + struct.pack("<HHII", 0x1E, 0x3001, 1, 0) * 1_000_000),
        ),
        "winmail.dat",
        newline,
    )
