"""The inner zip is named inner.dat, so that only its content tells what it is."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_of({"inner.dat": zip_of({"x.exe": b"hello"})}), "report.zip", newline)
