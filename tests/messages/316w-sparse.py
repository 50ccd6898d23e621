"""A sparse file (pax) that is an archive with its hole alone: an extra field of a thousand octets in a gzip header."""

from __future__ import annotations

import struct

from qsfilter.testing.archives import mailed, packed_eicar, pax, tar_file, tar_member


def build(newline: bytes) -> bytes:
    """Return the message."""
    front = b"\x1f\x8b\x08\4\0\0\0\0\0\3" + struct.pack("<H", 1000)
    rest = packed_eicar()[10:]
    about = {b"GNU.sparse.map": b"0,12,1012,%d" % len(rest), b"GNU.sparse.size": b"%d" % (1012 + len(rest))}
    return mailed(tar_file(pax(about), tar_member(b"a.gz", front + rest)), "report.tar", newline)
