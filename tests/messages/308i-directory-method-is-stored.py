"""The directory says that the data are stored, and the local header that they are deflated."""

from __future__ import annotations

from qsfilter.testing.archives import STORED, mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", eicar(), entry={"method": STORED})), "report.zip", newline)
