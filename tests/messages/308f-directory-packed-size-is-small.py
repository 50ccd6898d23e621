"""The directory tells that the data end in their middle."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.containers import noise
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_file(member(b"a.txt", noise(1000).hex().encode() + eicar(), entry={"packed": 500})), "report.zip", newline
    )
