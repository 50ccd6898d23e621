"""A member with a harmless extension in front of the one that decides."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"report.pdf.exe", b"hello")), "report.zip", newline)
