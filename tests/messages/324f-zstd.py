"""Noise behind the signature of a zstd file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"\x28\xb5\x2f\xfd" + noise(2000), "report.bin", newline)
