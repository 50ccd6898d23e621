"""The EICAR test file in a 7z."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import seven_zip


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(seven_zip("a.gz", packed_eicar()), "report.7z", newline)
