"""An installer of Windows, by its name."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.documents import compound


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(compound({"a": b"hello"}), "report.msi", newline)
