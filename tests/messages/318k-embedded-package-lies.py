"""An embedded file whose size is told too small."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import compound, ole_package


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        compound(
            {
                "\x01Ole10Native": ole_package(b"x.exe", b"hello" + packed_eicar()).replace(
                    struct.pack("<I", 5 + len(packed_eicar())), struct.pack("<I", 3)
                )
            }
        ),
        "report.doc",
        newline,
    )
