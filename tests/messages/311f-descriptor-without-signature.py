"""A member whose sizes stand behind its data, without the signature that most writers put there."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    one = member(b"a.txt", eicar(), streamed=True)
    one = one._replace(data=one.data[:-16] + one.data[-12:])
    return mailed(zip_file(one), "report.zip", newline)
