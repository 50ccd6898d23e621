"""A tar behind a block of noise, which GNU's tar passes over."""

from __future__ import annotations

from qsfilter.testing.archives import BLOCK, mailed, packed_eicar, tar_file, tar_member
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(noise(BLOCK) + tar_file(tar_member(b"a.gz", packed_eicar())), "report.tar", newline)
