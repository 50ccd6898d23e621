"""An encrypted PDF that opens without a password, with the EICAR test file embedded."""

from __future__ import annotations

import hashlib
import struct

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.containers import noise
from qsfilter.testing.documents import pdf, pdf_stream

PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
"""What stands for a password of no letters (ISO 32000-1, 7.6.3.3)."""


def rc4(key: bytes, data: bytes) -> bytes:
    """Encrypt DATA by RC4."""
    state, at = list(range(256)), 0
    for one in range(256):
        at = (at + state[one] + key[one % len(key)]) % 256
        state[one], state[at] = state[at], state[one]
    found, one, at = bytearray(), 0, 0
    for octet in data:
        one = (one + 1) % 256
        at = (at + state[one]) % 256
        state[one], state[at] = state[at], state[one]
        found.append(octet ^ state[(state[one] + state[at]) % 256])
    return bytes(found)


def build(newline: bytes) -> bytes:
    """Return the message."""
    owner, number, rights = noise(32), noise(16), -4
    key = hashlib.md5(PADDING + owner + struct.pack("<i", rights) + number).digest()[:5]  # noqa: S324 - as the format has it
    own = hashlib.md5(key + b"\4\0\0\0\0").digest()[:10]  # noqa: S324 - that of object 4
    user = rc4(key, PADDING)
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [<> 3 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"<< /Type /Filespec /EF << /F 4 0 R >> >>",
        pdf_stream(rc4(own, packed_eicar()), b"/Type /EmbeddedFile"),
        b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%b> /U <%b> >>" % (owner.hex().encode(), user.hex().encode()),
    )
    trailer = b"/Encrypt 5 0 R /ID [<%b> <%b>]" % ((number.hex().encode(),) * 2)
    return mailed(pdf(*objects, trailer=trailer), "report.pdf", newline)
