"""Both headers say falsely that a stored member, which is an archive itself, is encrypted."""

from __future__ import annotations

from qsfilter.testing.archives import ENCRYPTED, STORED, mailed, member, packed_eicar, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(zip_file(member(b"a.gz", packed_eicar(), STORED, both={"flags": ENCRYPTED})), "report.zip", newline)
