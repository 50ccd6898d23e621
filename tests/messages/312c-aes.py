"""A program encrypted by AES, as WinZip does it."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import AES, ENCRYPTED, mailed, member, zip_file
from qsfilter.testing.containers import noise

FIELD = struct.pack("<HHHHBH", 0x9901, 7, 2, 0x4541, 3, 8)


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_file(
            member(
                b"x.exe", b"", AES, data=noise(500), both={"flags": ENCRYPTED, "size": 700, "crc": 0, "extra": FIELD}
            )
        ),
        "report.zip",
        newline,
    )
