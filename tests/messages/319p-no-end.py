"""A PDF whose end is cut off, so that readers have to find its catalog themselves; the trailer is there."""

from __future__ import annotations

import zlib

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import pdf, pdf_stream


def build(newline: bytes) -> bytes:
    """Return the message."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) 3 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"<< /Type /Filespec /F (a.gz) /EF << /F 4 0 R >> >>",
        pdf_stream(zlib.compress(packed_eicar()), b"/Type /EmbeddedFile /Filter /FlateDecode"),
    )
    data = pdf(*objects)
    return mailed(data[: data.index(b"startxref")], "report.pdf", newline)
