"""A zip in a mail in a zip in a mail."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import eicar, zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    inner = mailed(zip_of({"a.txt": eicar()}), "inner.zip")
    return mailed(zip_of({"letter.eml": inner}), "report.zip", newline)
