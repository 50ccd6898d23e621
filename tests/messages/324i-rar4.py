"""Noise behind the signature of a rar4 file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"Rar!\x1a\7\0" + noise(2000), "report.bin", newline)
