"""A member of a tar that is to be written outside of the folder into which it is unpacked."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tar_file(tar_member(b"../../../../tmp/x.gz", packed_eicar()), tar_member(b"/etc/x.exe", b"hello")),
        "report.tar",
        newline,
    )
