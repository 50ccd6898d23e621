"""An add-in for Office, which it fetches from elsewhere."""

from __future__ import annotations

from qsfilter.testing.archives import mailed


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"<asmv1:assembly/>", "report.vsto", newline)
