"""A member of a tar that is an archive with a forbidden name in it."""

from __future__ import annotations

import gzip

from qsfilter.testing.archives import mailed, tar_file, tar_member
from qsfilter.testing.messages import zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        gzip.compress(tar_file(tar_member(b"inner.dat", zip_of({"x.exe": b"hello"}))), mtime=0), "report.tar", newline
    )
