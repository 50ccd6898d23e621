"""Two members whose names differ in case alone, which are one file for some systems."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"A.TXT", eicar()), member(b"a.txt", b"hello")), "report.zip", newline)
