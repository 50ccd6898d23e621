"""A tar of the oldest dialect, which has no signature."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    one = bytearray(tar_member(b"a.gz", packed_eicar()))
    one[257:265] = bytes(8)
    one[148:156] = b" " * 8
    one[148:156] = b"%06o\0 " % sum(one[:512])
    return mailed(tar_file(bytes(one)), "report.bin", newline)
