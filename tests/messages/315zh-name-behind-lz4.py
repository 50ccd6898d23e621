"""A file named x.exe.lz4, which becomes a program's when it is unpacked."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import lz4


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(lz4(b"hello"), "x.exe.lz4", newline)
