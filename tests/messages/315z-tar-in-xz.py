"""The EICAR test file in a tar in xz."""

from __future__ import annotations

import lzma

from qsfilter.testing.archives import mailed, tar_file, tar_member
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(lzma.compress(tar_file(tar_member(b"a.txt", eicar()))), "report.txz", newline)
