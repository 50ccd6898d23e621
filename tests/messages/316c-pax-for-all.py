"""A pax header for all that follow names them a program."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, pax, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tar_file(pax({b"path": b"x.exe"}, b"g"), tar_member(b"a.txt", b"hello")), "report.tar", newline)
