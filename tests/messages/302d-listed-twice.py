"""One member that the directory lists twice, the same in all."""

from __future__ import annotations

from qsfilter.testing.archives import Member, mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    one = member(b"a.txt", eicar())
    assert one.entry is not None
    again = Member(None, b"", one.entry._replace(at=0))
    return mailed(zip_file(one, again), "report.zip", newline)
