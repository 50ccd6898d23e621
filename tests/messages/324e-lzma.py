"""Noise behind the signature of an lzma file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"\x5d\0\0\x80\0" + b"\xff" * 8 + b"\0" + noise(2000), "report.bin", newline)
