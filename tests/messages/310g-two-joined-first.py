"""Two zips joined; the first one holds the EICAR test file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", eicar())) + zip_file(member(b"b.txt", b"hello")), "report.zip", newline)
