"""A winmail.dat that is cut in the data of its second attachment."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import noise
from qsfilter.testing.documents import tnef, tnef_attachment


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tnef(tnef_attachment(b"a.gz", packed_eicar()), tnef_attachment(b"x.exe", noise(3000)))[:-1000],
        "winmail.dat",
        newline,
    )
