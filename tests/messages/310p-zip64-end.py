"""A zip64 end record leads to another directory than the plain one."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed, member, zip_end
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    shown, hidden = member(b"b.txt", b"hello"), member(b"a.txt", eicar())
    data = shown.written() + hidden.written()
    first = shown.listed(0)
    second = hidden.listed(len(shown.written()))
    wide = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 1, 1, len(second), len(data) + len(first))
    locator = struct.pack("<IIQI", 0x07064B50, 0, len(data) + len(first) + len(second), 1)
    end = zip_end(1, len(first), len(data))
    return mailed(data + first + second + wide + locator + end, "report.zip", newline)
