"""A directory that is noise, behind an honest member."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_end
from qsfilter.testing.containers import noise
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    data = member(b"a.txt", eicar()).written()
    return mailed(data + noise(60) + zip_end(1, 60, len(data)), "report.zip", newline)
