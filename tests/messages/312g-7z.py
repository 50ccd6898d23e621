"""A 7z with an encrypted program, whose name can be read."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise, seven_zip


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(seven_zip("x.exe", noise(512), encrypted=True), "report.7z", newline)
