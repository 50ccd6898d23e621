"""A program in a mail that is attached as a file of octets."""

from __future__ import annotations

from qsfilter.testing.archives import mailed


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(mailed(b"hello", "virus.exe"), "letter.eml", newline)
