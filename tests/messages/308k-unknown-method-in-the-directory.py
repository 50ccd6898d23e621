"""The directory tells a method that nobody knows, and the local header Deflate."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", eicar(), entry={"method": 77})), "report.zip", newline)
