"""An archive in a zip that begins as a gzip stream and is noise."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise
from qsfilter.testing.messages import zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_of({"a.bin": b"\x1f\x8b\x08\0" + noise(2000)}), "report.zip", newline)
