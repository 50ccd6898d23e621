"""The zip64 field of the directory leads to another member than its plain field, which is not marked as too small."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    shown, hidden = member(b"a.txt", b"hello"), member(b"a.txt", eicar())
    assert shown.entry is not None
    extra = struct.pack("<HHQ", 1, 8, len(shown.written()))
    listed = shown.entry._replace(extra=extra, at=0)
    return mailed(zip_file(shown._replace(entry=listed), hidden._replace(entry=None)), "report.zip", newline)
