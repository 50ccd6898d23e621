"""A member that is to run with its owner's rights."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"sh", eicar(), entry={"attributes": 0o104755 << 16})), "report.zip", newline)
