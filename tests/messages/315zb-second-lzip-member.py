"""The second member of an lzip file holds the EICAR test file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import lzip
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(lzip(b"hello") + lzip(eicar()), "report.lz", newline)
