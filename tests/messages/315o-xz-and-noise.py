"""Noise behind an xz stream."""

from __future__ import annotations

import lzma

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(lzma.compress(eicar() + b" " * 200) + noise(300), "report.xz", newline)
