"""A program's name in an archive of the kind rar4, which is named report.dat."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import rar4


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(rar4(b"x.exe", b"hello"), "report.dat", newline)
