"""A stored member whose size stands behind its data, and no directory: its end has to be looked for."""

from __future__ import annotations

from qsfilter.testing.archives import STORED, mailed, member, packed_eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        member(b"a.gz", packed_eicar(), STORED, streamed=True).written() + member(b"b.txt", b"hello").written(),
        "report.zip",
        newline,
    )
