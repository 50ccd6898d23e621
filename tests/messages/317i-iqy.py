"""A query that Excel sends when it is opened."""

from __future__ import annotations

from qsfilter.testing.archives import mailed


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"WEB\r\n1\r\nhttp://192.0.2.1/\r\n", "report.iqy", newline)
