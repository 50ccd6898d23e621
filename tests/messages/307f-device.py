"""A device and a FIFO, the latter with a program's name."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"null", b"", b"3"), tar_member(b"x.exe", b"", b"6"), tar_member(b"sda", b"", b"4")),
        "report.tar",
        newline,
    )
