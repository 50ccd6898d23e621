"""A program's name in an archive of the kind 7z, which is named report.dat."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import seven_zip


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(seven_zip("x.exe", b"hello"), "report.dat", newline)
