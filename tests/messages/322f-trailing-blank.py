"""A program's name with a blank behind it, which Windows drops."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"x.exe ", b"hello")), "report.zip", newline)
