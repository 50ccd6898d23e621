"""A zip behind the mark of archives that are split."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"PK\7\x08" + zip_file(member(b"a.txt", eicar())), "report.zip", newline)
