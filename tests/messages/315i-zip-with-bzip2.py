"""The EICAR test file in a zip, by the method bzip2."""

from __future__ import annotations

from qsfilter.testing.archives import BZIP2, mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", eicar(), BZIP2)), "report.zip", newline)
