"""An end record that tells a comment of 500 octets, of which none are there."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    data = zip_file(member(b"a.txt", eicar()), comment=bytes(500))
    return mailed(data[:-500], "report.zip", newline)
