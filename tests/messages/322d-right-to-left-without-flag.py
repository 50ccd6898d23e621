"""A member whose name is turned round, without the flag that says that it is UTF-8."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member("a\u202egpj.exe".encode(), b"hello")), "report.zip", newline)
