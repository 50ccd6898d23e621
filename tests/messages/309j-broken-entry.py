"""The second entry of the directory has lost its signature, so that the directory ends before it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    data = bytearray(zip_file(member(b"b.txt", b"hello"), member(b"a.txt", eicar())))
    at = data.rindex(b"PK\1\2")
    data[at : at + 4] = bytes(4)
    return mailed(bytes(data), "report.zip", newline)
