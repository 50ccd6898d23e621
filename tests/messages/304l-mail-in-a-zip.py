"""A program in a mail in a zip."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_of({"letter.eml": mailed(b"hello", "virus.exe")}), "report.zip", newline)
