"""A page with a zip behind it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import eicar, zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"<html><body>hello</body></html>" + zip_of({"a.txt": eicar()}), "report.html", newline)
