"""A text of Word with an embedded program, which a click starts."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import compound, ole_package


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        compound(
            {
                "WordDocument": struct.pack("<HHIHH", 0xA5EC, 0xC1, 0, 0, 0).ljust(5000, b"\0"),
                "ObjectPool/_1/\x01Ole10Native": ole_package(b"x.exe", packed_eicar()),
            }
        ),
        "report.doc",
        newline,
    )
