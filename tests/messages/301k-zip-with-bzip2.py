"""192 MiB of zeros in a zip, by the method bzip2."""

from __future__ import annotations

import bz2

from qsfilter.testing.archives import BZIP2, mailed, member, zeros_crc, zip_file

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    packed = bz2.compress(bytes(192 << 20))
    bomb = member(b"zeros.txt", b"", BZIP2, data=packed, both={"size": 192 << 20, "crc": zeros_crc(192)})
    return mailed(zip_file(bomb), "report.zip", newline)
