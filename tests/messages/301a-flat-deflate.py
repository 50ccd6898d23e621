"""A zip of one member, 192 MiB of zeros in 200 KB."""

from __future__ import annotations

from qsfilter.testing.archives import deflated_zeros, mailed, member, zeros_crc, zip_file

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    packed = deflated_zeros(192)
    bomb = member(b"zeros.txt", b"", data=packed, both={"size": 192 << 20, "crc": zeros_crc(192)})
    return mailed(zip_file(bomb), "report.zip", newline)
