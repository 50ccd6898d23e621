"""A zip whose directory is encrypted, and whose local headers tell nothing."""

from __future__ import annotations

from qsfilter.testing.archives import ENCRYPTED, mailed, member
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        member(b"1", b"", data=noise(500), both={"flags": ENCRYPTED | 1 << 6 | 1 << 13, "size": 0, "crc": 0}).written()
        + noise(300),
        "report.zip",
        newline,
    )
