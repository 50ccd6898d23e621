"""Noise between two attributes."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import noise
from qsfilter.testing.documents import tnef, tnef_attachment


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tnef(noise(300), tnef_attachment(b"a.gz", packed_eicar())), "winmail.dat", newline)
