"""A name that ends with a class id, by which Windows opens it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_file(member(b"report.txt.{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}", b"hello")), "report.zip", newline
    )
