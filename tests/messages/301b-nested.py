"""A bomb of the old kind: sixteen equal archives in each of sixteen equal ones, five levels deep, and zeros below."""

from __future__ import annotations

from qsfilter.testing.archives import deflated_zeros, mailed, member, zeros_crc, zip_file
from qsfilter.testing.messages import zip_of

NEWLINES = (b"\n",)  # the archive is what matters, and it is large


def build(newline: bytes) -> bytes:
    """Return the message."""
    packed = deflated_zeros(192)
    bomb = zip_file(member(b"0.dll", b"", data=packed, both={"size": 192 << 20, "crc": zeros_crc(192)}))
    for level in range(5):
        bomb = zip_of({f"{level}-{number:x}.zip": bomb for number in range(16)})
    return mailed(bomb, "report.zip", newline)
