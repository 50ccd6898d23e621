"""A tar without its end marker."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tar_member(b"a.gz", packed_eicar()), "report.tar", newline)
