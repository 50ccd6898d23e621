"""A member whose descriptor tells wrong sizes."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    one = member(b"a.txt", eicar(), streamed=True)
    one = one._replace(data=one.data[:-8] + struct.pack("<II", 5, 5))
    return mailed(zip_file(one), "report.zip", newline)
