"""The EICAR test file in an ar archive."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import ar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(ar(b"a.gz", packed_eicar()), "report.a", newline)
