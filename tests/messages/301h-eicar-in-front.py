"""The EICAR test file in front of a bomb: what was read before the bound is scanned."""

from __future__ import annotations

from qsfilter.testing.archives import deflated_zeros, mailed, member, zeros_crc, zip_file
from qsfilter.testing.messages import eicar

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    about = {"size": 192 << 20, "crc": zeros_crc(192)}
    bomb = zip_file(member(b"a.txt", eicar()), member(b"zeros.txt", b"", data=deflated_zeros(192), both=about))
    return mailed(bomb, "report.zip", newline)
