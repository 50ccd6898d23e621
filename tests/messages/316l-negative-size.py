"""A member whose size, in base 256, is below zero."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"b.txt", b"", size=b"\xff" * 11 + b"\xfe"), tar_member(b"a.gz", packed_eicar())),
        "report.tar",
        newline,
    )
