"""A zip that ends behind its last member."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(member(b"a.txt", eicar()).written(), "report.zip", newline)
