"""Noise behind the signature of a lzip file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"LZIP\1\x0c" + noise(2000), "report.bin", newline)
