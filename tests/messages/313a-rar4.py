"""The EICAR test file in a RAR of version 4."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import rar4


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(rar4(b"a.gz", packed_eicar()), "report.rar", newline)
