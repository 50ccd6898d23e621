"""Forty members of 4 MiB each, no two of them equal, none of them large by itself."""

from __future__ import annotations

from qsfilter.testing.archives import deflated_zeros, mailed, member, zeros_crc, zip_file

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    members = []
    for number in range(40):
        first = b"%d" % number
        about = {"size": (4 << 20) + len(first), "crc": zeros_crc(4, first)}
        members.append(member(b"%d.txt" % number, b"", data=deflated_zeros(4, first), both=about))
    return mailed(zip_file(*members), "report.zip", newline)
