"""A picture (GIF) with a zip behind it, whose offsets count from the picture's start."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", eicar()), before=b"GIF89a\1\0\1\0\0\0\0;"), "report.gif", newline)
