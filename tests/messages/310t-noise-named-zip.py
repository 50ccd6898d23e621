"""A file named .zip that begins as one and is noise."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"PK\x03\x04" + noise(2000), "report.zip", newline)
