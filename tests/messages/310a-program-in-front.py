"""A program in front of a zip, as in one that unpacks itself."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, program, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.txt", eicar()), before=program() + bytes(500)), "report.bin", newline)
