"""A tar whose first member's name is the signature of a 7z."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"7z\xbc\xaf\x27\x1c", b"hello"), tar_member(b"a.gz", packed_eicar())),
        "report.tar",
        newline,
    )
