"""The EICAR test file in a Zstandard frame."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import zstandard


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zstandard(packed_eicar()), "report.zst", newline)
