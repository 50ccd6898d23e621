"""A help file of Windows, by its name."""

from __future__ import annotations

from qsfilter.testing.archives import mailed


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"hello", "report.chm", newline)
