"""A winmail.dat in a zip."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import tnef, tnef_attachment
from qsfilter.testing.messages import zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_of({"a.bin": tnef(tnef_attachment(b"a.gz", packed_eicar()))}), "report.zip", newline)
