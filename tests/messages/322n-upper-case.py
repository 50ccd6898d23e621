"""A program's name in upper case."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"X.EXE", b"hello")), "report.zip", newline)
