"""An end record that tells of no members, behind one."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_end
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    data = member(b"a.txt", eicar()).written()
    return mailed(data + zip_end(0, 0, len(data)), "report.zip", newline)
