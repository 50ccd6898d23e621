"""An encrypted member beside the EICAR test file."""

from __future__ import annotations

from qsfilter.testing.archives import ENCRYPTED, mailed, member, zip_file
from qsfilter.testing.containers import noise
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_file(
            member(b"b.txt", b"", data=noise(500), both={"flags": ENCRYPTED, "size": 700}), member(b"a.txt", eicar())
        ),
        "report.zip",
        newline,
    )
