"""The EICAR test file in compress's format (.Z)."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import compressed
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(compressed(eicar()), "report.Z", newline)
