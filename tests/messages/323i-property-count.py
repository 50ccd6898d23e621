"""A list of properties that tells four billion of them."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import attribute, properties, tnef


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tnef(
            attribute(0x69002, bytes(14)),
            attribute(
                0x69005, properties((0x3707, 0x1E, b"x.exe\0"), (0x3701, 0x102, packed_eicar()), count=0xFFFFFFF0)
            ),
        ),
        "winmail.dat",
        newline,
    )
