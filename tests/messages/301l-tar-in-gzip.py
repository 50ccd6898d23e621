"""A tar of one member, 192 MiB of zeros, in gzip."""

from __future__ import annotations

import gzip
import struct
import zlib

from qsfilter.testing.archives import BLOCK, deflated_zeros, mailed, tar_header, zeros_crc

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    head = tar_header(b"zeros.txt", 192 << 20)
    tail = bytes(2 * BLOCK)
    crc = zlib.crc32(tail, zeros_crc(192, head))
    packed = deflated_zeros(192, head)[:-2]
    rest = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed += rest.compress(tail) + rest.flush()
    size = len(head) + (192 << 20) + len(tail)
    return mailed(gzip.compress(b"", mtime=0)[:10] + packed + struct.pack("<II", crc, size), "report.tar.gz", newline)
