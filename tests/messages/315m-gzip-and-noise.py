"""Noise behind a gzip stream."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(packed_eicar() + noise(300), "report.gz", newline)
