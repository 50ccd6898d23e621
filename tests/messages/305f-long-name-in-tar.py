"""A name of 100,000 characters in a pax header, the last of which make it a program."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, pax, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(pax({b"path": b"a" * 100_000 + b".exe"}), tar_member(b"a.txt", b"hello")), "report.tar", newline
    )
