"""A member of a type that nobody knows, which readers take for a file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tar_file(tar_member(b"x.gz", packed_eicar(), b"Q")), "report.tar", newline)
