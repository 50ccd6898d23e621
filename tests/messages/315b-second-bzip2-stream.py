"""The second stream of a bzip2 file holds the EICAR test file."""

from __future__ import annotations

import bz2

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(bz2.compress(b"hello") + bz2.compress(eicar()), "report.bz2", newline)
