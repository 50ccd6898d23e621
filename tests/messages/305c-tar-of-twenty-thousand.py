"""A tar of 20,000 members in gzip."""

from __future__ import annotations

import gzip

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    members = (tar_member(b"%d.txt" % number, b"") for number in range(20_000))
    return mailed(
        gzip.compress(tar_file(*members, tar_member(b"a.gz", packed_eicar())), mtime=0), "report.tgz", newline
    )
