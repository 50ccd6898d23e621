"""A mail with a zip behind its last part, attached as a file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import eicar, zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(mailed(b"hello", "a.txt") + zip_of({"a.txt": eicar()}), "letter.eml", newline)
