"""A program's name in an archive of the kind rar5, which is named report.dat."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import rar5


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(rar5(b"x.exe", b"hello"), "report.dat", newline)
