"""Two zips joined, and the second one's offsets count from the start of the file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    first = zip_file(member(b"a.txt", eicar()))
    return mailed(zip_file(member(b"b.txt", b"hello"), before=first), "report.zip", newline)
