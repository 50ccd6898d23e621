"""The directory leads to a member that stands in the archive's comment."""

from __future__ import annotations

from qsfilter.testing.archives import Member, mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_file(
            Member(None, b"", member(b"a.txt", eicar(), entry={"at": 22 + 46 + 5}).entry),
            comment=member(b"a.txt", eicar()).written(),
        ),
        "report.zip",
        newline,
    )
