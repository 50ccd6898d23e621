"""A file named x.exe.lz, which becomes a program's when it is unpacked."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import lzip


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(lzip(b"hello"), "x.exe.lz", newline)
