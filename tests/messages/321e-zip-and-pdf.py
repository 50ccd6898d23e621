"""A zip whose first member is a PDF that is stored, so that the whole is one too."""

from __future__ import annotations

from qsfilter.testing.archives import STORED, mailed, member, packed_eicar, zip_file
from qsfilter.testing.documents import pdf, pdf_stream

OBJECTS = (
    b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) 3 0 R] >> >> >>",
    b"<< /Type /Pages /Kids [] /Count 0 >>",
    b"<< /Type /Filespec /F (a.gz) /EF << /F 4 0 R >> >>",
    pdf_stream(packed_eicar(), b"/Type /EmbeddedFile"),
)


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.pdf", pdf(*OBJECTS), STORED), member(b"b.txt", b"hello")), "report.pdf", newline)
