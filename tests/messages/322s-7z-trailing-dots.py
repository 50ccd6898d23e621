"""A program's name in a 7z with dots behind it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import seven_zip


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(seven_zip("x.exe...", b"hello"), "report.7z", newline)
