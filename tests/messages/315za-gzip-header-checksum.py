"""A gzip stream whose header has a wrong checksum, which many readers don't look at."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar

HEAD = b"\x1f\x8b\x08\x1e\0\0\0\0\0\x03\4\0AB\0\0x.exe\0a comment\0"
"""Extra field, name, comment, and the flag for a checksum of the header (RFC 1952, 2.3)."""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(HEAD + b"\0\0" + packed_eicar()[10:], "report.gz", newline)
