"""The local header says that the data are deflated, to a harmless text; the directory, that they are stored: a zip."""

from __future__ import annotations

import zlib

from qsfilter.testing.archives import STORED, mailed, member, zip_file
from qsfilter.testing.messages import eicar, zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    data = member(b"", b"hello").data + zip_of({"x.txt": eicar()})
    whole = {"method": STORED, "size": len(data), "crc": zlib.crc32(data)}
    return mailed(zip_file(member(b"a.bin", b"hello", data=data, entry=whole)), "report.zip", newline)
