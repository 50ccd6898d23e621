"""A program's extension behind a hundred blanks."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"report.pdf" + b" " * 100 + b".exe", b"hello")), "report.zip", newline)
