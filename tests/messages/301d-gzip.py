"""192 MiB of zeros in gzip."""

from __future__ import annotations

import gzip
import struct

from qsfilter.testing.archives import deflated_zeros, mailed, zeros_crc

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    size = 192 << 20
    bomb = gzip.compress(b"", mtime=0)[:10] + deflated_zeros(192) + struct.pack("<II", zeros_crc(192), size)
    return mailed(bomb, "report.gz", newline)
