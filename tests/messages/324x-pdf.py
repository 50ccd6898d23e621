"""Noise behind the signature of a pdf file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"%PDF-1.7\n" + noise(2000), "report.bin", newline)
