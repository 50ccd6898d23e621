"""An encrypted program: its name can be read, its content can't."""

from __future__ import annotations

from qsfilter.testing.archives import ENCRYPTED, mailed, member, zip_file
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_file(member(b"x.exe", b"", data=noise(500), both={"flags": ENCRYPTED, "size": 700})), "report.zip", newline
    )
