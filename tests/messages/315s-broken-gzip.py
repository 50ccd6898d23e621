"""A gzip stream that breaks behind the EICAR test file."""

from __future__ import annotations

import gzip

from qsfilter.testing.archives import deflated_zeros, mailed
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        gzip.compress(b"", mtime=0)[:10] + deflated_zeros(0, eicar())[:-2] + b"\xff" * 40, "report.gz", newline
    )
