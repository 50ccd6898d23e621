"""A member with the name of a server."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"\\\\server\\share\\x.exe", eicar())), "report.zip", newline)
