"""A zip behind a bzip2 stream, where the tools see rubbish."""

from __future__ import annotations

import bz2

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import eicar, zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(bz2.compress(b"hello") + zip_of({"a.txt": eicar()}), "report.bz2", newline)
