"""Noise behind the signature of a compress file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"\x1f\x9d\x90" + b"\xff" * 2000, "report.bin", newline)
