"""A directory in which 200 entries with 200 names point to one local header."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    one = member(b"0.txt", bytes(1 << 20))
    rest = (
        member(b"%d.txt" % number, bytes(1 << 20), entry={"at": 0})._replace(local=None, data=b"")
        for number in range(1, 201)
    )
    return mailed(zip_file(one, *rest), "report.zip", newline)
