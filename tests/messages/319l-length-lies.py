"""A PDF whose embedded file is told to be shorter than it is."""

from __future__ import annotations

import zlib

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import pdf

FILE = zlib.compress(packed_eicar())
EMBEDDED = b"<< /Type /EmbeddedFile /Filter /FlateDecode /Length 9 >>\nstream\n" + FILE + b"\nendstream"


def build(newline: bytes) -> bytes:
    """Return the message."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) 3 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"<< /Type /Filespec /F (a.gz) /EF << /F 4 0 R >> >>",
        EMBEDDED,
    )
    return mailed(pdf(*objects), "report.pdf", newline)
