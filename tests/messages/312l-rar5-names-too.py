"""A RAR of version 5 whose names are encrypted, too."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise, rar5


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(rar5(b"x.exe", noise(512), hidden=True), "report.rar", newline)
