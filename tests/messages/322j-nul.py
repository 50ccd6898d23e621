"""A program's name with a NUL and a text's behind it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"x.exe\0.txt", b"hello")), "report.zip", newline)
