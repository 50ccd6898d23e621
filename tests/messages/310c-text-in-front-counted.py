"""A text in front of a zip, whose offsets count from where the file begins."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", eicar()), before=b"Dear Bob,\n" * 30), "report.bin", newline)
