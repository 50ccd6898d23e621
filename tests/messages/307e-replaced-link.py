"""A link and a file of one name, so that who unpacks them writes to where the link leads."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"a", b"", b"2", b"/etc/passwd"), tar_member(b"a", packed_eicar())), "report.tar", newline
    )
