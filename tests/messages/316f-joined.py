"""Two tars joined; the second one holds the EICAR test file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"b.txt", b"hello")) + tar_file(tar_member(b"a.gz", packed_eicar())), "report.tar", newline
    )
