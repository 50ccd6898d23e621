"""A file in AppleDouble, whose header part has a forbidden name inside."""

from __future__ import annotations

from base64 import encodebytes
from struct import pack

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: multipart/appledouble; boundary="i1"

--i1
Content-Type: application/applefile
Content-Transfer-Encoding: base64

{text}
--i1
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64

aGVsbG8=
--i1--
--b1--
"""


def apple(magic: int, entries: dict[int, bytes]) -> bytes:
    """Return a file of MAGIC with ENTRIES, number → content."""
    at = 26 + 12 * len(entries)
    table = b""
    for number, content in entries.items():
        table += pack(">III", number, at, len(content))
        at += len(content)
    return pack(">II16xH", magic, 0x20000, len(entries)) + table + b"".join(entries.values())


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, text=encodebytes(apple(0x00051607, {3: b"x.exe"})).strip().replace(b"\n", newline))
