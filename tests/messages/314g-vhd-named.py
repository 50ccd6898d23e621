"""A disk image of Virtual PC, by its name."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(noise(1024), "report.vhd", newline)
