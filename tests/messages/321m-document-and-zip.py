"""A compound file with a zip behind it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.documents import compound
from qsfilter.testing.messages import eicar, zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(compound({"a": b"hello"}) + zip_of({"a.txt": eicar()}), "report.doc", newline)
