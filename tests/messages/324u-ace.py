"""Noise behind the signature of an ace file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(noise(7) + b"**ACE**" + noise(2000), "report.bin", newline)
