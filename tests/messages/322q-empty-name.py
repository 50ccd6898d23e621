"""A member without a name that is a program."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, program, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"", program())), "report.zip", newline)
