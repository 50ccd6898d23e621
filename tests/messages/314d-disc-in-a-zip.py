"""A disc in a zip, as it is sent to lose the mark that it came from outside."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import disc
from qsfilter.testing.messages import zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_of({"report.bin": disc(b"A.GZ;1", packed_eicar())}), "report.zip", newline)
