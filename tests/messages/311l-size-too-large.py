"""Both headers tell four gigabytes, and the member has little."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", eicar(), both={"size": 0xFFFFFFF0})), "report.zip", newline)
