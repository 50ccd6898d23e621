"""The local header tells a size that ends before what the member has."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", b"hello " + eicar(), local={"size": 5})), "report.zip", newline)
