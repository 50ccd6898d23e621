"""A link to a folder outside, and a member that is written through it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"a", b"", b"2", b"/etc/cron.d"), tar_member(b"a/x.gz", packed_eicar())),
        "report.tar",
        newline,
    )
