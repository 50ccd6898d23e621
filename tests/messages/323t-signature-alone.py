"""A winmail.dat of which only the signature is there."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.documents import tnef


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tnef()[:5], "winmail.dat", newline)
