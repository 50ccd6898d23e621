"""Noise behind the end of a zip."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.containers import noise
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", eicar())) + noise(300), "report.zip", newline)
