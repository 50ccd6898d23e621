"""A pax header tells another size than the member's own header, so that two readers find different members."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, pax, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(
            pax({b"size": b"5"}),
            tar_member(b"b.txt", b"hello".ljust(512) + tar_member(b"a.gz", packed_eicar()), size=512 + 1024),
        ),
        "report.tar",
        newline,
    )
