"""A tar that is cut in the data of its second member."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"a.gz", packed_eicar()), tar_member(b"x.exe", noise(5000)))[:4000], "report.tar", newline
    )
