"""A 7z whose data are overwritten in the middle."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise, seven_zip


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(seven_zip("a.bin", noise(300)).replace(noise(300)[100:200], bytes(100)), "report.7z", newline)
