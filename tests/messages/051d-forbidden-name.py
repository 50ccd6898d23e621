"""A file in BinHex 4.0 with a forbidden name in a text."""

from __future__ import annotations

from binascii import crc_hqx
from struct import pack

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: text/plain

(This file must be converted with BinHex 4.0)

{hqx}
--b1--
"""


LETTERS = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"


def binhex(name: bytes, data: bytes) -> bytes:
    """Return DATA under NAME in BinHex 4.0, between its colons."""
    head = b"%c%b\0" % (len(name), name) + b"BINA????" + bytes(2) + pack(">II", len(data), 0)
    whole = head + pack(">H", crc_hqx(head + bytes(2), 0)) + data + pack(">H", crc_hqx(data + bytes(2), 0)) + bytes(2)
    whole = whole.replace(b"\x90", b"\x90\0")
    bits = "".join(f"{octet:08b}" for octet in whole)
    bits += "0" * (-len(bits) % 6)
    return b":" + bytes(LETTERS[int(bits[at : at + 6], 2)] for at in range(0, len(bits), 6)) + b":"


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, hqx=binhex(b"x.exe", b"hello"))
