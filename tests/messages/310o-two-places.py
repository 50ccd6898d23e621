"""The directory leads to a harmless member if it counts from the file's start, and to another if from the archive's."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    harmless, other = member(b"a.txt", b"hello"), member(b"a.txt", eicar())
    front = harmless.written().ljust(200, b"\0")
    return mailed(front + zip_file(other), "report.zip", newline)
