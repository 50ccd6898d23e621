"""A member of a tar whose name is turned round."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tar_file(tar_member("a\u202egpj.exe".encode(), b"hello")), "report.tar", newline)
