"""The inner zip is named a[1].zip, which a tool that takes member names for patterns does not find."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_of({"a[1].zip": zip_of({"x.exe": b"hello"})}), "report.zip", newline)
