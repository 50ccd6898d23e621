"""An encrypted member with a harmless name."""

from __future__ import annotations

from qsfilter.testing.archives import ENCRYPTED, mailed, member, zip_file
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_file(member(b"a.txt", b"", data=noise(500), both={"flags": ENCRYPTED, "size": 700})), "report.zip", newline
    )
