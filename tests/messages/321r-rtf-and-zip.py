"""An RTF with a zip behind it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import eicar, zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"{\\rtf1 hello}" + zip_of({"a.txt": eicar()}), "report.rtf", newline)
