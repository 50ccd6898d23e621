"""A zip whose last octets were cut off, its end record among them."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"x.exe", b"hello"))[:-30], "report.zip", newline)
