"""A member that tells eight gigabytes."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tar_file(tar_member(b"a.gz", packed_eicar(), size=0o77777777777)), "report.tar", newline)
