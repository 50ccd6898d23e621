"""A file named x.exe.Z, which becomes a program's when it is unpacked."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import compressed


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(compressed(b"hello"), "x.exe.Z", newline)
