"""Members that overlap: each one's data are a block with the next one's local header, and the next one's data."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import Member, deflated_zeros, mailed, member, zeros_crc, zip_end


def quoted(count: int) -> bytes:
    """Return a zip in which each member begins with a stored block that holds the next one's local header."""
    packed, heads, data = deflated_zeros(1), b"", b""
    entries: list[Member] = []
    for number in reversed(range(count)):
        about = {"size": len(heads) + (1 << 20), "crc": zeros_crc(1, heads)}
        one = member(b"%03d.txt" % number, b"", data=packed, both=about)
        head = one._replace(data=b"").written()
        heads, data = head + heads, head + packed
        packed = b"\0" + struct.pack("<HH", len(head), len(head) ^ 0xFFFF) + data
        entries.insert(0, one)
    lists = b"".join(one.listed(number * (len(head) + 5)) for number, one in enumerate(entries))
    return data + lists + zip_end(count, len(lists), len(data))


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(quoted(150), "report.zip", newline)
