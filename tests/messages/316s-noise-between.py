"""Noise between two members."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"b.txt", b"hello"), noise(1024), tar_member(b"a.gz", packed_eicar())),
        "report.tar",
        newline,
    )
