"""A saved search, which shows a folder on a server."""

from __future__ import annotations

from qsfilter.testing.archives import mailed


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"<persistedQuery/>", "report.search-ms", newline)
