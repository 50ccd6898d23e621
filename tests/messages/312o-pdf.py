"""A PDF with a password."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise
from qsfilter.testing.documents import pdf


def build(newline: bytes) -> bytes:
    """Return the message."""
    guard = b"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <%b> /U <%b> >>"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        guard % (noise(32).hex().encode(), noise(48)[16:].hex().encode()),
    )
    trailer = b"/Encrypt 3 0 R /ID [<%b> <%b>]" % ((noise(16).hex().encode(),) * 2)
    return mailed(pdf(*objects, trailer=trailer), "report.pdf", newline)
