"""A program in the second mail of a mailbox in gzip."""

from __future__ import annotations

import gzip

from qsfilter.testing.archives import mailed


def build(newline: bytes) -> bytes:
    """Return the message."""
    box = (
        b"From alice Sun Nov 22 12:00:00 2026\n"
        + mailed(b"hello", "a.txt")
        + b"\nFrom alice Sun Nov 22 12:00:00 2026\n"
    )
    return mailed(gzip.compress(box + mailed(b"hello", "virus.exe"), mtime=0), "box.mbox.gz", newline)
