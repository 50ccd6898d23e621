"""An attribute that tells four gigabytes, in front of the attachment."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import attribute, tnef, tnef_attachment


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tnef(attribute(0x18010, b"a", length=0xFFFFFFF0), tnef_attachment(b"a.gz", packed_eicar())),
        "winmail.dat",
        newline,
    )
