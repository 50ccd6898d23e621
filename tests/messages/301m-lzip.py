"""192 MiB of zeros in 192 members of lzip."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import lzip

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(lzip(bytes(1 << 20)) * 192, "report.lz", newline)
