"""An attachment whose title is a text's, and its long name a program's."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.documents import attribute, properties, tnef, tnef_attachment


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tnef(tnef_attachment(b"a.txt", b"hello", more=attribute(0x69005, properties((0x3707, 0x1E, b"x.exe\0"))))),
        "winmail.dat",
        newline,
    )
