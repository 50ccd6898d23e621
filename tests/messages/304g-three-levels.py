"""A program three zips deep, below the level at which some stop."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, program
from qsfilter.testing.messages import zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_of({"a.zip": zip_of({"b.zip": zip_of({"x.exe": program()})})}), "report.zip", newline)
