"""Harmless contents by whose answers a clamd shows what it opens and what it says at its limits.

Each is new: clamd remembers what was clean.
"""

from __future__ import annotations

import binascii
import gzip
import os
import zlib

from qsfilter import Blob

LEVELS = 101
"""One more than MaxRecursion can be set to."""


def nested() -> Blob:
    """Return gzip in gzip, deeper than any MaxRecursion."""
    content = os.urandom(8)
    for _ in range(LEVELS):
        content = gzip.compress(content, 0, mtime=0)
    return Blob(content)


def encrypted_zip() -> Blob:
    """Return a zip archive whose one member is marked as encrypted."""
    content = os.urandom(32)
    return Blob(_zip(content, len(content), int.from_bytes(content[:4], "little"), flags=1, method=0))


def nested_in_zip() -> Blob:
    """Return `nested` in a zip archive."""
    content = nested().data
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return Blob(_zip(stream.compress(content) + stream.flush(), len(content), zlib.crc32(content), flags=0, method=8))


def nested_in_mail() -> Blob:
    """Return `nested` in a mail."""
    content = nested().data
    lines = [binascii.b2a_base64(content[at : at + 57]) for at in range(0, len(content), 57)]
    fields = b"Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
    return Blob(b"Received: from a probe\nMIME-Version: 1.0\n" + fields + b"\n" + b"".join(lines))


def _zip(data: bytes, size: int, crc: int, *, flags: int, method: int) -> bytes:
    """Return an archive of DATA as one member `a.gz`."""
    name = b"a.gz"
    head = b"\x14\0" + flags.to_bytes(2, "little") + method.to_bytes(2, "little") + bytes(4)
    sizes = b"".join(number.to_bytes(4, "little") for number in (crc, len(data), size))
    common = head + sizes + len(name).to_bytes(2, "little") + bytes(2)
    local = b"PK\3\4" + common + name + data
    central = b"PK\1\2\x14\0" + common + bytes(14) + name
    end = b"PK\5\6" + bytes(4) + b"\1\0\1\0" + len(central).to_bytes(4, "little") + len(local).to_bytes(4, "little")
    return local + central + end + bytes(2)
