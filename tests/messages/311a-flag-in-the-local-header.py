"""The local header says falsely that the member is encrypted."""

from __future__ import annotations

from qsfilter.testing.archives import ENCRYPTED, mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", eicar(), local={"flags": ENCRYPTED})), "report.zip", newline)
