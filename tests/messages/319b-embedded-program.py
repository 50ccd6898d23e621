"""A PDF with an embedded file that is named as a program."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.documents import pdf, pdf_stream


def build(newline: bytes) -> bytes:
    """Return the message."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) 3 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"<< /Type /Filespec /F (x.exe) /EF << /F 4 0 R >> >>",
        pdf_stream(b"hello", b"/Type /EmbeddedFile"),
    )
    return mailed(pdf(*objects), "report.pdf", newline)
