"""A shortcut that is named as a document, in a zip."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_of({"report.pdf.lnk": b"hello"}), "report.zip", newline)
