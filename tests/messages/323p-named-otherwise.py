"""A winmail.dat that is named as a picture."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import tnef, tnef_attachment


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tnef(tnef_attachment(b"a.gz", packed_eicar())), "a.jpg", newline)
