"""A program that is named as a picture, in a zip."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, program
from qsfilter.testing.messages import zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_of({"a.jpg": program()}), "report.zip", newline)
