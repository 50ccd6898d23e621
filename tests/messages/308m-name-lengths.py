"""The local header's name is longer, so that its end is the beginning of the data for one reader."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", eicar(), local={"name": b"a.txt.scr"})), "report.zip", newline)
