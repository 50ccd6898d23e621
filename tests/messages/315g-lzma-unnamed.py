"""The EICAR test file in a .lzma file that is named otherwise."""

from __future__ import annotations

import lzma

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(lzma.compress(eicar(), lzma.FORMAT_ALONE), "report.bin", newline)
