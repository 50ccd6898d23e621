"""Noise behind the signature of an lz4 file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"\4\x22\x4d\x18" + noise(2000), "report.bin", newline)
