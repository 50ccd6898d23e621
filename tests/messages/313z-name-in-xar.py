"""A program's name in an archive of the kind xar, which is named report.dat."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import xar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(xar("x.exe", b"hello"), "report.dat", newline)
