"""A long name as GNU has it, which ends as a program's."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"././@LongLink", b"a" * 120 + b".exe\0", b"L"), tar_member(b"a.txt", b"hello")),
        "report.tar",
        newline,
    )
