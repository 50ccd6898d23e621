"""The header of the second member has a wrong checksum."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"b.txt", b"hello"), tar_member(b"a.gz", packed_eicar(), checksum=1)), "report.tar", newline
    )
