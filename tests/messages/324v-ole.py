"""Noise behind the signature of an ole file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise(2000), "report.bin", newline)
