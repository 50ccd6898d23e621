"""The second frame of an LZ4 file holds a zip with the EICAR test file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import lz4
from qsfilter.testing.messages import eicar, zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(lz4(b"hello") + lz4(zip_of({"a.txt": eicar()})), "report.lz4", newline)
