"""Two members of one name: the EICAR test file, and a text behind it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", eicar()), member(b"a.txt", b"hello")), "report.zip", newline)
