"""A bzip2 stream of two blocks, cut in the second; the EICAR test file is in the first."""

from __future__ import annotations

import bz2

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise
from qsfilter.testing.messages import eicar

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(bz2.compress(eicar() + noise(150_000), 1)[:-20_000], "report.bz2", newline)
