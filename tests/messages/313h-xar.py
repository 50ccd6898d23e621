"""The EICAR test file in a xar archive."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import xar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(xar("a.gz", packed_eicar()), "report.xar", newline)
