"""A PDF with the EICAR test file attached to a page."""

from __future__ import annotations

import zlib

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import pdf, pdf_stream


def build(newline: bytes) -> bytes:
    """Return the message."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Annots [4 0 R] >>",
        b"<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 5 0 R >>",
        b"<< /Type /Filespec /F (a.gz) /EF << /F 6 0 R >> >>",
        pdf_stream(zlib.compress(packed_eicar()), b"/Type /EmbeddedFile /Filter /FlateDecode"),
    )
    return mailed(pdf(*objects), "report.pdf", newline)
