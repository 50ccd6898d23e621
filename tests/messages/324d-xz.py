"""Noise behind the signature of an xz file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"\xfd7zXZ\0" + noise(2000), "report.bin", newline)
