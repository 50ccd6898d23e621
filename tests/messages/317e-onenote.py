"""A notebook of OneNote, by its content."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + noise(3000), "report.bin", newline)
