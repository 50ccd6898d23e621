"""A symbolic link to a program, in a cpio."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import cpio


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(cpio(b"a.txt", b"../../bin/x.exe", 0o120777), "report.cpio", newline)
