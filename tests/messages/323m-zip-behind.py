"""A zip behind the last attribute."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.documents import tnef, tnef_attachment
from qsfilter.testing.messages import eicar, zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(tnef(tnef_attachment(b"a.txt", b"hello")) + zip_of({"a.txt": eicar()}), "winmail.dat", newline)
