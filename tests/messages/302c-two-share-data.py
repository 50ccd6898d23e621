"""Two local headers, the second of which lies in the data of the first, which is stored."""

from __future__ import annotations

from qsfilter.testing.archives import STORED, mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    inner = member(b"x.txt", eicar())
    outer = member(b"a.bin", inner.written(), STORED)
    behind = inner._replace(local=None, data=b"")
    at = len(outer._replace(data=b"").written())
    assert inner.entry is not None
    behind = behind._replace(entry=inner.entry._replace(at=at))
    return mailed(zip_file(outer, behind), "report.zip", newline)
