"""A PDF in the headers of a program."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, program
from qsfilter.testing.documents import pdf, pdf_stream

OBJECTS = (
    b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) 3 0 R] >> >> >>",
    b"<< /Type /Pages /Kids [] /Count 0 >>",
    b"<< /Type /Filespec /F (a.gz) /EF << /F 4 0 R >> >>",
    pdf_stream(packed_eicar(), b"/Type /EmbeddedFile"),
)


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(program() + pdf(*OBJECTS), "report.bin", newline)
