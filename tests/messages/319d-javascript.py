"""A PDF that runs JavaScript when it is opened."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.documents import pdf


def build(newline: bytes) -> bytes:
    """Return the message."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
    )
    return mailed(pdf(*objects), "report.pdf", newline)
