"""A winmail.dat with 12,000 attachments."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import tnef, tnef_attachment

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        tnef(
            *(tnef_attachment(b"%d.txt" % number, b"%d" % number) for number in range(12_000)),
            tnef_attachment(b"a.gz", packed_eicar()),
        ),
        "winmail.dat",
        newline,
    )
