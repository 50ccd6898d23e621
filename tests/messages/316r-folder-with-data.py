"""A folder with a size: some readers pass over that many octets, others find members there."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tar_file(tar_member(b"a/", tar_member(b"a.gz", packed_eicar()), b"5")), "report.tar", newline)
