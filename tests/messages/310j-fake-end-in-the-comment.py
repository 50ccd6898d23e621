"""The comment of a zip holds an end record that leads to no members."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_end, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", eicar()), comment=zip_end(0, 0, 0)), "report.zip", newline)
