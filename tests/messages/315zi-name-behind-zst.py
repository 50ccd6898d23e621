"""A file named x.exe.zst, which becomes a program's when it is unpacked."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import zstandard


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zstandard(b"hello"), "x.exe.zst", newline)
