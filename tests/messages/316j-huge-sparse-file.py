"""A sparse file (GNU) of eight tebibytes in one block."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar, tar_file, tar_header


def build(newline: bytes) -> bytes:
    """Return the message."""
    head = bytearray(tar_header(b"a.bin", 512, b"S"))
    head[257:265] = b"ustar  \0"
    head[386:410] = b"%011o\0%011o\0" % (0, 512)
    head[483:495] = b"\x80" + (8 << 40).to_bytes(11, "big")
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return mailed(tar_file(bytes(head) + packed_eicar().ljust(512, b"\0")), "report.tar", newline)
