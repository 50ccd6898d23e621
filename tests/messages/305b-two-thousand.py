"""A zip of 2,000 members with the EICAR test file as its last, which is within the bound."""

from __future__ import annotations

from qsfilter.testing.archives import STORED, mailed, member, zip_file
from qsfilter.testing.messages import eicar

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    members = (member(b"%d.txt" % number, b"%d" % number, STORED) for number in range(2_000))
    return mailed(zip_file(*members, member(b"a.txt", eicar())), "report.zip", newline)
