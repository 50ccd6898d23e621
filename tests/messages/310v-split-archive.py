"""The last of two volumes: the end record says that the directory begins on another disk."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    data = zip_file(member(b"a.txt", eicar()))
    return mailed(data.replace(b"PK\x05\x06\0\0\0\0", b"PK\x05\x06\1\0\0\0"), "report.zip", newline)
