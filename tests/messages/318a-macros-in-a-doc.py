"""A text of Word with a Visual Basic project."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed
from qsfilter.testing.documents import compound

PROJECT = {"VBA/dir": b"\x01\xb0\x80", "VBA/_VBA_PROJECT": b"\xcc\x61", "PROJECT": b"ID={}"}


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        compound(
            {
                "WordDocument": struct.pack("<HHIHH", 0xA5EC, 0xC1, 0, 0, 0).ljust(5000, b"\0"),
                **{"Macros/" + name: data for name, data in PROJECT.items()},
            }
        ),
        "report.doc",
        newline,
    )
