"""A program's name in a xar that is written in base64."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import xar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(xar("x.exe", b"hello", coded=True), "report.xar", newline)
