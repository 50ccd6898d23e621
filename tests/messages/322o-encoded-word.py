"""A member with an encoded word for its name."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"=?utf-8?B?eC5leGU=?=", b"hello")), "report.zip", newline)
