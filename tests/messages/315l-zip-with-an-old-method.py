"""A program in a zip by a method of 1989, Implode, which nobody here reads."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"x.exe", b"", 6, data=noise(300), both={"size": 900})), "report.zip", newline)
