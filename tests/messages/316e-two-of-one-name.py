"""Two members of one name, of which the second replaces the first."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tar_file(tar_member(b"a.bin", packed_eicar()), tar_member(b"a.bin", b"hello")), "report.tar", newline)
