"""A text of Word with a password."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise
from qsfilter.testing.documents import compound


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        compound(
            {"WordDocument": struct.pack("<HHIHH", 0xA5EC, 0xC1, 0, 0, 0x100) + noise(5000), "1Table": noise(5000)}
        ),
        "report.doc",
        newline,
    )
