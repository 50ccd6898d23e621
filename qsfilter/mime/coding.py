"""Decodes transfer codings (RFC 2045, 6) as tolerantly as the readers of mail do.

Guarantees: linear; never raises; bytes that belong to no coding are passed over, never taken for an end.
"""

from __future__ import annotations

import binascii
import re
import string

IDENTITY = frozenset({b"", b"7bit", b"8bit", b"binary"})
CODED = frozenset({b"base64", b"quoted-printable"})
_ALPHABET = (string.ascii_letters + string.digits + "+/").encode()
_JUNK_BUT_PAD = bytes(octet for octet in range(256) if octet not in _ALPHABET + b"=")


def coding_of(value: bytes) -> bytes:
    """Return the coding that VALUE, a Content-Transfer-Encoding without comments, names, as mailers misspell it too."""
    plain = value.strip(b'" \t').lower()
    return _MISSPELT.get(plain.replace(b"-", b"").replace(b" ", b"").rstrip(b"s"), plain)


_MISSPELT = {name.replace(b"-", b""): name for name in (*IDENTITY, *CODED)}


def decode(data: bytes, coding: bytes) -> bytes:
    """Decode DATA from CODING, one of `CODED`."""
    return decode_base64(data) if coding == b"base64" else binascii.a2b_qp(data)


def decode_base64(data: bytes) -> bytes:
    """Decode base64 with whatever else stands between its letters; what is cut short is decoded as far as it goes.

    Some readers go on behind padding, so each padded block is decoded and the results are joined.
    """
    blocks = re.split(rb"=+", data.translate(None, _JUNK_BUT_PAD))
    return b"".join(_letters(block) for block in blocks if block)


def _letters(letters: bytes) -> bytes:
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
