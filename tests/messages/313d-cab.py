"""The EICAR test file in a cabinet."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import cabinet


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(cabinet(b"a.gz", packed_eicar()), "report.cab", newline)
