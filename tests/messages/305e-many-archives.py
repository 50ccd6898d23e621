"""Three archives of 5,000 members each: the bound is on the message and not on each of them."""

from __future__ import annotations

from qsfilter.testing.archives import STORED, member, zip_file
from qsfilter.testing.messages import attachment, message

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    parts = []
    for one in range(3):
        members = (member(b"%d-%d" % (one, number), b"", STORED) for number in range(5_000))
        parts.append(attachment(zip_file(*members), f"{one}.zip", newline=newline))
    return message(*parts, newline=newline)
