"""The end record tells that the directory lies behind the end of the file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", eicar()), base=5000), "report.zip", newline)
