"""A PDF with the EICAR test file as an associated file (PDF 2.0)."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import pdf, pdf_stream

OBJECTS = (
    b"<< /Type /Pages /Kids [] /Count 0 >>",
    b"<< /Type /Filespec /AFRelationship /Data /F (a.gz) /EF << /F 4 0 R >> >>",
    pdf_stream(packed_eicar(), b"/Type /EmbeddedFile"),
)


def build(newline: bytes) -> bytes:
    """Return the message."""
    objects = (b"<< /Type /Catalog /Pages 2 0 R /AF [3 0 R] >>", *OBJECTS)
    return mailed(pdf(*objects), "report.pdf", newline)
