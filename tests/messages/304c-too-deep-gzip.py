"""The EICAR test file below forty layers of gzip."""

from __future__ import annotations

import gzip

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    data = eicar()
    for _ in range(40):
        data = gzip.compress(data, mtime=0)
    return mailed(data, "report.gz", newline)
