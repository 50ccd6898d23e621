"""The first member is in no directory; who reads a zip as a stream finds it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_file(member(b"x.txt", eicar())._replace(entry=None), member(b"a.txt", b"hello")), "report.zip", newline
    )
