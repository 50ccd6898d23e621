"""The zip64 field of the directory leads to a member, and who does not read it finds another at no place at all."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    shown, hidden = member(b"b.txt", b"hello"), member(b"a.txt", eicar())
    assert hidden.entry is not None
    extra = struct.pack("<HHQ", 1, 8, len(shown.written()))
    listed = hidden.entry._replace(extra=extra, at=0xFFFFFFFF)
    return mailed(zip_file(shown, hidden._replace(entry=listed)), "report.zip", newline)
