"""Noise behind the signature of a tnef file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"\x78\x9f\x3e\x22\1\0" + noise(2000), "report.bin", newline)
