"""A workbook that starts a program by DDE."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import zip_of

LINK = (
    b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
)


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_of({"[Content_Types].xml": b"<Types/>", "xl/externalLinks/externalLink1.xml": LINK}), "report.xlsx", newline
    )
