"""Noise behind the signature of an lha file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"\x20\1-lh5-" + noise(13) + b"\0" + noise(2000), "report.bin", newline)
