"""An attachment with its data twice: a text as an attribute, and the EICAR test file as a property."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import attribute, properties, tnef, tnef_attachment


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tnef(tnef_attachment(b"a.bin", b"hello"), attribute(0x69005, properties((0x3701, 0x102, packed_eicar())))),
        "winmail.dat",
        newline,
    )
