"""A zip in a zip, with a program's name in the inner one."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_of({"a.zip": zip_of({"x.exe": b"hello"})}), "report.zip", newline)
