"""A program for Java Web Start."""

from __future__ import annotations

from qsfilter.testing.archives import mailed


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"<jnlp/>", "report.jnlp", newline)
