"""A member that is to be written outside of the folder into which it is unpacked."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"../../../../../../tmp/x.exe", eicar())), "report.zip", newline)
