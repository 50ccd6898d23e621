"""The EICAR test file in a message in a message, in a winmail.dat."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import attribute, properties, tnef, tnef_attachment

MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
"""What stands in front of an embedded message (IID_IMessage)."""


def nested(depth: int) -> bytes:
    """Return the EICAR test file in DEPTH messages that are embedded in each other."""
    data = tnef(tnef_attachment(b"a.gz", packed_eicar()))
    for _ in range(depth):
        about = attribute(0x69005, properties((0x3701, 0x0D, MESSAGE + data)))
        data = tnef(attribute(0x69002, bytes(14)), about)
    return data


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(nested(2), "winmail.dat", newline)
