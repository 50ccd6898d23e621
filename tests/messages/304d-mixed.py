"""The EICAR test file in gzip, in tar, in bzip2, in zip, in xz, in tar."""

from __future__ import annotations

import bz2
import lzma

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member
from qsfilter.testing.messages import zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    data = tar_file(tar_member(b"a.gz", packed_eicar()))
    data = lzma.compress(zip_of({"a.tar.bz2": bz2.compress(data)}))
    return mailed(tar_file(tar_member(b"b.zip.xz", data)), "report.tar", newline)
