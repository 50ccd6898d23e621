"""192 MiB of zeros in 192 streams of bzip2, 45 octets each."""

from __future__ import annotations

import bz2

from qsfilter.testing.archives import mailed

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(bz2.compress(bytes(1 << 20)) * 192, "report.bz2", newline)
