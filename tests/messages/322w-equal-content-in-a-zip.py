"""Two members with one content: a text in gzip by its name, and a program by its other name."""

from __future__ import annotations

import gzip

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    data = gzip.compress(b"hello", mtime=0)
    return mailed(zip_of({"a.txt.gz": data, "x.exe.gz": data}), "report.zip", newline)
