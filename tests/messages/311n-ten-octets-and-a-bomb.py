"""Both headers tell ten octets, and the member is 192 MiB of zeros."""

from __future__ import annotations

from qsfilter.testing.archives import deflated_zeros, mailed, member, zip_file

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    bomb = member(b"a.txt", b"", data=deflated_zeros(192), both={"size": 10, "crc": 0})
    return mailed(zip_file(bomb), "report.zip", newline)
