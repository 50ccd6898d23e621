"""A pax header names a program, with a NUL and a text's name behind it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, pax, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tar_file(pax({b"path": b"x.exe\0.txt"}), tar_member(b"a.txt", b"hello")), "report.tar", newline)
