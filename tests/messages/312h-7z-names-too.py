"""A 7z whose names are encrypted, too."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise, seven_zip


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(seven_zip("x.exe", noise(512), encrypted=True, hidden=True), "report.7z", newline)
