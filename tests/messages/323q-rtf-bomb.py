"""Compressed RTF that tells four gigabytes of text."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import noise
from qsfilter.testing.documents import attribute, properties, tnef, tnef_attachment


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tnef(
            attribute(
                0x69003,
                properties((0x1009, 0x102, struct.pack("<IIII", 300, 0xFFFFFFF0, 0x75465A4C, 0) + noise(288))),
                1,
            ),
            tnef_attachment(b"a.gz", packed_eicar()),
        ),
        "winmail.dat",
        newline,
    )
