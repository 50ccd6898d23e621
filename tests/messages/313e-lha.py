"""The EICAR test file in an LHA archive."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import lha


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(lha(b"a.gz", packed_eicar()), "report.lzh", newline)
