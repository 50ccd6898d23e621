"""A folder is named as a program, and the file in it is not; another reader cuts the name at a NUL."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"x.exe\0/a.txt", eicar())), "report.zip", newline)
