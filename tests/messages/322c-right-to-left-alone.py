"""A member whose name is turned round, with a harmless extension."""

from __future__ import annotations

from qsfilter.testing.archives import UTF8, mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member("a\u202efdp.txt".encode(), b"hello", both={"flags": UTF8})), "report.zip", newline)
