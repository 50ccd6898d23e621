"""The directory names a text and the local header a program."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", eicar(), local={"name": b"x.exe"})), "report.zip", newline)
