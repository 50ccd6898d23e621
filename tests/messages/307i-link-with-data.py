"""A hard link with a size: some readers find a file there, and others go on behind its header."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"a.bin", b""), tar_member(b"b.gz", packed_eicar(), b"1", b"a.bin")), "report.tar", newline
    )
