"""A member with a name of 65,535 octets, the last of which make it a program."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a" * 65531 + b".exe", b"hello")), "report.zip", newline)
