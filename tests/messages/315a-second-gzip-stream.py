"""The second stream of a gzip file holds the EICAR test file."""

from __future__ import annotations

import gzip

from qsfilter.testing.archives import mailed, packed_eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(gzip.compress(b"hello", mtime=0) + packed_eicar(), "report.gz", newline)
