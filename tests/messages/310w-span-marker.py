"""A zip behind the mark of archives that were to be split and were not."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"PK00" + zip_file(member(b"a.txt", eicar())), "report.zip", newline)
