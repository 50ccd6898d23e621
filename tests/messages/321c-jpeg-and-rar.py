"""A picture (JPEG) with a RAR behind it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import rar5


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9" + rar5(b"a.gz", packed_eicar()), "report.jpg", newline
    )
