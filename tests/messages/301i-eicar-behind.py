"""The EICAR test file behind a bomb, which has to be said to be unscannable."""

from __future__ import annotations

from qsfilter.testing.archives import deflated_zeros, mailed, member, zeros_crc, zip_file
from qsfilter.testing.messages import eicar

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    about = {"size": 192 << 20, "crc": zeros_crc(192)}
    bomb = zip_file(member(b"zeros.txt", b"", data=deflated_zeros(192), both=about), member(b"a.txt", eicar()))
    return mailed(bomb, "report.zip", newline)
