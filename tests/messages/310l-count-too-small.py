"""The end record tells one member, and the directory lists two."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"b.txt", b"hello"), member(b"a.txt", eicar()), count=1), "report.zip", newline)
