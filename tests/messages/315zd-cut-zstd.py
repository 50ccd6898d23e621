"""A Zstandard file that is cut behind the frame with the EICAR test file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import noise, zstandard


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zstandard(packed_eicar()) + zstandard(noise(200))[:100], "report.zst", newline)
