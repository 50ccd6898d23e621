"""A zip that was cut in the data of its second member."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.containers import noise
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    data = zip_file(member(b"a.txt", eicar()), member(b"x.exe", noise(3000)))
    return mailed(data[:1500], "report.zip", newline)
