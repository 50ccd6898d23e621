"""Noise behind the signature of an arj file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"\x60\xea\x22\0\x1e\x0b\1\0\0\0\2" + noise(2000), "report.bin", newline)
