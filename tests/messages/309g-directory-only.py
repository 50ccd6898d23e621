"""The directory lists a member for which there is no local header."""

from __future__ import annotations

from qsfilter.testing.archives import Member, mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_file(member(b"a.txt", b"hello"), Member(None, b"", member(b"x.exe", b"hello").entry)), "report.zip", newline
    )
