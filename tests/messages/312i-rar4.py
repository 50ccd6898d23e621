"""A RAR of version 4 with an encrypted program."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise, rar4


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(rar4(b"x.exe", noise(512), encrypted=True), "report.rar", newline)
