"""A PDF with a zip behind it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.documents import pdf
from qsfilter.testing.messages import eicar, zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>") + zip_of({"a.txt": eicar()}),
        "report.pdf",
        newline,
    )
