"""192 MiB of zeros in 192 streams of xz."""

from __future__ import annotations

import lzma

from qsfilter.testing.archives import mailed

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(lzma.compress(bytes(1 << 20)) * 192, "report.xz", newline)
