"""A file named .zip that is a program."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, program


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(program(), "report.zip", newline)
