"""A workbook with a sheet of Excel 4 macros, which is very hidden."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed
from qsfilter.testing.documents import compound

RECORDS = ((0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)), (0x85, b"\0\0\0\0\2\1\1\0x"), (10, b""))
"""The beginning of a workbook, a sheet (very hidden, of macros, named x), and the end (MS-XLS, 2.4.28)."""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        compound(
            {
                "Workbook": b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in RECORDS).ljust(
                    4096, b"\0"
                )
            }
        ),
        "report.xls",
        newline,
    )
