"""A gzip stream that names its content a program."""

from __future__ import annotations

import gzip

from qsfilter.testing.archives import mailed


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        b"\x1f\x8b\x08\x08\0\0\0\0\0\x03x.exe\0" + gzip.compress(b"hello", mtime=0)[10:], "report.gz", newline
    )
