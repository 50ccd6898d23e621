"""A message that Outlook saved, with a program attached."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import compound

ROOM = "__attach_version1.0_#00000000/"


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        compound(
            {
                "__properties_version1.0": bytes(32),
                ROOM + "__substg1.0_37010102": packed_eicar(),
                ROOM + "__substg1.0_3707001F": "x.exe".encode("utf-16-le"),
            }
        ),
        "report.msg",
        newline,
    )
