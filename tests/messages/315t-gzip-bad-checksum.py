"""A gzip stream with a wrong checksum."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(packed_eicar()[:-8] + bytes(4) + packed_eicar()[-4:], "report.gz", newline)
