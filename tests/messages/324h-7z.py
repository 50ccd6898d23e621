"""Noise behind the signature of a 7z file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"7z\xbc\xaf\x27\x1c\0\4" + noise(2000), "report.bin", newline)
