"""A gzip stream whose header has every field there can be."""

from __future__ import annotations

import zlib

from qsfilter.testing.archives import mailed, packed_eicar

HEAD = b"\x1f\x8b\x08\x1e\0\0\0\0\0\x03\4\0AB\0\0x.exe\0a comment\0"
"""Extra field, name, comment, and the flag for a checksum of the header (RFC 1952, 2.3)."""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(HEAD + (zlib.crc32(HEAD) & 0xFFFF).to_bytes(2, "little") + packed_eicar()[10:], "report.gz", newline)
