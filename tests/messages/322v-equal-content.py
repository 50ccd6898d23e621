"""Two attachments with one content: a text in gzip by its name, and a program by its other name."""

from __future__ import annotations

import gzip

from qsfilter.testing.messages import attachment, message


def build(newline: bytes) -> bytes:
    """Return the message."""
    data = gzip.compress(b"hello", mtime=0)
    parts = [attachment(data, name, newline=newline) for name in ("a.txt.gz", "x.exe.gz")]
    return message(*parts, newline=newline)
