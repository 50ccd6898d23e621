"""A program's name in full-width letters."""

from __future__ import annotations

from qsfilter.testing.archives import UTF8, mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_file(member("x\uff0e\uff45\uff58\uff45".encode(), b"hello", both={"flags": UTF8})), "report.zip", newline
    )
