"""A program's name with an invisible character in its extension."""

from __future__ import annotations

from qsfilter.testing.archives import UTF8, mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member("x.e\u200bxe".encode(), b"hello", both={"flags": UTF8})), "report.zip", newline)
