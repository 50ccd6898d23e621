"""Noise behind the signature of an iso file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(bytes(32769) + b"CD001" + noise(20_000), "report.bin", newline)
