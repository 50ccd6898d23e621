"""A gzip stream with a zip behind it: one reader sees a file, and the other an archive."""

from __future__ import annotations

import gzip

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import eicar, zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(gzip.compress(b"hello", mtime=0) + zip_of({"a.txt": eicar()}), "report.gz", newline)
