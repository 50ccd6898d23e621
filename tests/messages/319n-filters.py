"""A PDF whose embedded file is coded three times over."""

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
        pdf_stream(
            zlib.compress(zlib.compress(packed_eicar())).hex().encode() + b">",
            b"/Type /EmbeddedFile /Filter [/ASCIIHexDecode /FlateDecode /FlateDecode]",
        ),
    )
    return mailed(pdf(*objects), "report.pdf", newline)
