"""Noise behind the signature of a bzip2 file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"BZh91AY&SY" + noise(2000), "report.bin", newline)
