"""The zip64 field of the directory tells a size that ends before what the member has."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    extra = struct.pack("<HHQ", 1, 8, 5)
    one = member(b"a.txt", b"hello " + eicar(), entry={"size": 0xFFFFFFFF, "extra": extra})
    return mailed(zip_file(one), "report.zip", newline)
