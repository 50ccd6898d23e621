"""The EICAR test file in a winmail.dat."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import tnef, tnef_attachment


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tnef(tnef_attachment(b"a.gz", packed_eicar())), "winmail.dat", newline)
