"""A PDF with an embedded file of 192 MiB of zeros."""

from __future__ import annotations

from qsfilter.testing.archives import deflated_zeros, mailed
from qsfilter.testing.documents import pdf, pdf_stream

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) 3 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"<< /Type /Filespec /F (a.gz) /EF << /F 4 0 R >> >>",
        pdf_stream(b"\x78\xda" + deflated_zeros(192), b"/Type /EmbeddedFile /Filter /FlateDecode"),
    )
    return mailed(pdf(*objects), "report.pdf", newline)
