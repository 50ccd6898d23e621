"""A link to the web, which can also lead to a program on a file server."""

from __future__ import annotations

from qsfilter.testing.archives import mailed


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"[InternetShortcut]\r\nURL=file://server/share/x.exe\r\n", "report.url", newline)
