"""A program that is named as a text."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, program


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(program(), "notes.txt", newline)
