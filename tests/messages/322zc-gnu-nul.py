"""A long name as GNU has it is a program's, with a NUL and a text's name behind it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"././@LongLink", b"x.exe\0.txt\0", b"L"), tar_member(b"a.txt", b"hello")),
        "report.tar",
        newline,
    )
