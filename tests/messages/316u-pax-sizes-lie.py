"""A pax header whose records tell more octets than there are."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"PaxHeaders/x", b"999 path=x.exe\n", b"x"), tar_member(b"a.gz", packed_eicar())),
        "report.tar",
        newline,
    )
