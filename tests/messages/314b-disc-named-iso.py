"""A program on a disc."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import disc


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(disc(b"X.EXE;1", b"hello"), "report.iso", newline)
