"""Noise behind the signature of an xar file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"xar!\0\x1c\0\1" + noise(2000), "report.bin", newline)
