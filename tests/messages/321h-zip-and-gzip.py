"""A zip with a gzip stream in front, which says that it has no header field but a name."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import eicar, zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"\x1f\x8b\x08\x08\0\0\0\0\0\3" + zip_of({"a.txt": eicar()}), "report.zip", newline)
