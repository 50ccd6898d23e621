"""An encrypted member in a zip in a zip."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import AES, ENCRYPTED, mailed, member, zip_file
from qsfilter.testing.containers import noise
from qsfilter.testing.messages import zip_of

FIELD = struct.pack("<HHHHBH", 0x9901, 7, 2, 0x4541, 3, 8)


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_of(
            {
                "inner.zip": zip_file(
                    member(
                        b"a.txt",
                        b"",
                        AES,
                        data=noise(500),
                        both={"flags": ENCRYPTED, "size": 700, "crc": 0, "extra": FIELD},
                    )
                )
            }
        ),
        "report.zip",
        newline,
    )
