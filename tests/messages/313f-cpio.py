"""The EICAR test file in a cpio archive."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import cpio


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(cpio(b"a.gz", packed_eicar()), "report.cpio", newline)
