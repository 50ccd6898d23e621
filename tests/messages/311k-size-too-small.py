"""Both headers tell ten octets, and the member has more."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", b"hello " * 20 + eicar(), both={"size": 10})), "report.zip", newline)
