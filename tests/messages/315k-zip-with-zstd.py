"""An archive with the EICAR test file in a zip, by the method Zstandard."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, packed_eicar, zip_file
from qsfilter.testing.containers import zstandard


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.gz", packed_eicar(), 93, data=zstandard(packed_eicar()))), "report.zip", newline)
