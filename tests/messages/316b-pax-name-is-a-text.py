"""A pax header names a text what its own header names a program."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, pax, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tar_file(pax({b"path": b"a.txt"}), tar_member(b"x.exe", b"hello")), "report.tar", newline)
