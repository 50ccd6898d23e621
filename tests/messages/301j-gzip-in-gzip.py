"""192 MiB of zeros, compressed twice: the outer ratio is small."""

from __future__ import annotations

import gzip
import struct

from qsfilter.testing.archives import deflated_zeros, mailed, zeros_crc

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    bomb = gzip.compress(b"", mtime=0)[:10] + deflated_zeros(192) + struct.pack("<II", zeros_crc(192), 192 << 20)
    return mailed(gzip.compress(bomb, mtime=0), "report.gz.gz", newline)
