"""A program in an ACE archive, which nobody opens safely."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(noise(7) + b"**ACE**\x14\x14" + noise(500), "report.ace", newline)
