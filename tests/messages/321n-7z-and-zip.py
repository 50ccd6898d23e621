"""A 7z with a zip behind it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import seven_zip
from qsfilter.testing.messages import eicar, zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(seven_zip("a.txt", b"hello") + zip_of({"a.txt": eicar()}), "report.7z", newline)
