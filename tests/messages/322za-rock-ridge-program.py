"""A text on a disc, for which Rock Ridge has a program's name."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import disc


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(disc(b"A.TXT;1", b"hello", b"x.exe"), "report.bin", newline)
