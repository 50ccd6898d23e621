"""A stored member, an archive itself, whose size stands behind its data."""

from __future__ import annotations

from qsfilter.testing.archives import STORED, mailed, member, packed_eicar, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.gz", packed_eicar(), STORED, streamed=True)), "report.zip", newline)
