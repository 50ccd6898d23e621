"""A shortcut of Windows, by its content."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        struct.pack("<I", 76)
        + bytes.fromhex("0114020000000000c000000000000046")
        + struct.pack("<II", 0x81, 0x20).ljust(56, b"\0"),
        "report.bin",
        newline,
    )
