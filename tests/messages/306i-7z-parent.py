"""A member of a 7z that is to be written outside of the folder into which it is unpacked."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import seven_zip


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(seven_zip("../../x.exe", packed_eicar()), "report.7z", newline)
