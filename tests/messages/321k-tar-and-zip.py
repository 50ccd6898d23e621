"""A tar whose first member's name is the header of a zip."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tar_file(tar_member(b"PK\3\4", b"hello"), tar_member(b"a.gz", packed_eicar())), "report.tar", newline)
