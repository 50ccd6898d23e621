"""A size in base 256, as GNU has it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"a.gz", packed_eicar(), size=b"\x80" + len(packed_eicar()).to_bytes(11, "big"))),
        "report.tar",
        newline,
    )
