"""A workbook in a package with a sheet of Excel 4 macros."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import zip_of

PART = b'<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"/>'


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_of(
            {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>", "xl/macrosheets/sheet1.xml": PART}
        ),
        "report.docx",
        newline,
    )
