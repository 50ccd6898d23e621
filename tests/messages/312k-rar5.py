"""A RAR of version 5 with an encrypted program."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise, rar5


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(rar5(b"x.exe", noise(512), encrypted=True), "report.rar", newline)
