"""Noise behind the signature of a cpio file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"070701" + b"0" * 104 + noise(2000), "report.bin", newline)
