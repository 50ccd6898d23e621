"""Two members of one name: a program, and a text behind it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, program, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", program()), member(b"a.txt", b"hello")), "report.zip", newline)
