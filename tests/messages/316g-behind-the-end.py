"""A member behind the end marker and sixteen further empty blocks."""

from __future__ import annotations

from qsfilter.testing.archives import BLOCK, mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"b.txt", b"hello")) + bytes(16 * BLOCK) + tar_member(b"a.gz", packed_eicar()),
        "report.tar",
        newline,
    )
