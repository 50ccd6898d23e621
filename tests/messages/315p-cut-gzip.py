"""A gzip stream that is cut behind the EICAR test file."""

from __future__ import annotations

import gzip

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(gzip.compress(eicar() + noise(3000).hex().encode(), mtime=0)[:-1500], "report.gz", newline)
