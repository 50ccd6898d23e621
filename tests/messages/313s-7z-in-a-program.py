"""A 7z behind a program, as in one that unpacks itself."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, program
from qsfilter.testing.containers import seven_zip


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(program() + bytes(500) + seven_zip("a.gz", packed_eicar()), "report.bin", newline)
