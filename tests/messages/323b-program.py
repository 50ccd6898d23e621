"""A program's name in a winmail.dat."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.documents import tnef, tnef_attachment


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tnef(tnef_attachment(b"x.exe", b"hello")), "winmail.dat", newline)
