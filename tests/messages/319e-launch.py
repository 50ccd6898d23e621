"""A PDF that starts a program when it is opened."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.documents import pdf


def build(newline: bytes) -> bytes:
    """Return the message."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Launch /F (cmd.exe) >> >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
    )
    return mailed(pdf(*objects), "report.pdf", newline)
