"""A program that is named as one."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, program


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(program(), "virus.exe", newline)
