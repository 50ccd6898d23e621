"""The EICAR test file in an LZ4 frame."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import lz4


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(lz4(packed_eicar()), "report.lz4", newline)
