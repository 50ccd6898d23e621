"""The data of a member break in their middle; the EICAR test file stands in front of that."""

from __future__ import annotations

from qsfilter.testing.archives import deflated_zeros, mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_file(member(b"a.txt", eicar(), data=deflated_zeros(0, eicar())[:-2] + b"\xff" * 40)), "report.zip", newline
    )
