"""A symbolic link to a program, in a tar."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tar_file(tar_member(b"a.txt", b"", b"2", b"../../bin/x.exe")), "report.tar", newline)
