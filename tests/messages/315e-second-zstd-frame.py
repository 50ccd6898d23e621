"""The second frame of a Zstandard file holds an archive with the EICAR test file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import zstandard


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zstandard(b"hello") + zstandard(packed_eicar()), "report.zst", newline)
