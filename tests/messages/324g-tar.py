"""Noise behind the signature of a tar file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, tar_header
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tar_header(b"a", 5)[:257] + b"ustar\x0000" + noise(2000), "report.bin", newline)
