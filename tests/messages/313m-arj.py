"""A program in an ARJ archive, which nobody here opens."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import arj


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(arj(b"x.exe", packed_eicar()), "report.arj", newline)
