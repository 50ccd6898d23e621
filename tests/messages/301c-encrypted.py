"""A nested bomb as the best known one is sent: each level encrypted, so that nobody unpacks it unasked."""

from __future__ import annotations

from qsfilter.testing.archives import ENCRYPTED, mailed, member, zip_file
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    bomb = zip_file(
        *(
            member(b"lib %x.zip" % one, b"", data=noise(500 + one), both={"flags": ENCRYPTED, "size": 34902})
            for one in range(16)
        )
    )
    return mailed(bomb, "report.zip", newline)
