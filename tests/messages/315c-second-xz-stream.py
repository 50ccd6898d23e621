"""The second stream of an xz file holds the EICAR test file."""

from __future__ import annotations

import lzma

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(lzma.compress(b"hello") + lzma.compress(eicar() + b" " * 200), "report.xz", newline)
