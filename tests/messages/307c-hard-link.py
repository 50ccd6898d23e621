"""A hard link under a program's name to a file that stands in front of it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"a.gz", packed_eicar()), tar_member(b"x.exe", b"", b"1", b"a.gz")), "report.tar", newline
    )
