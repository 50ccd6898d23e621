"""A member that no directory lists, between two that it does."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_file(member(b"a.txt", b"a"), member(b"x.txt", eicar())._replace(entry=None), member(b"b.txt", b"b")),
        "report.zip",
        newline,
    )
