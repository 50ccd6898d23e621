"""A zip with a RAR behind it, which readers of that kind search for."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import rar4
from qsfilter.testing.messages import zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_of({"a.txt": b"hello"}) + rar4(b"a.gz", packed_eicar()), "report.zip", newline)
