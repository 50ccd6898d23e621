"""The EICAR test file on a disc, in an attachment that is named as nothing of the kind."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import disc


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(disc(b"A.GZ;1", packed_eicar()), "report.bin", newline)
