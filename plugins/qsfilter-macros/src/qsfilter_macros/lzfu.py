"""Opens compressed RTF (MS-OXRTFCP), in which Outlook stores the text of a message, with the library compressed_rtf.

Guarantees: what the header says of sizes and checksum keeps nothing from being read; the caller bounds what is given.
"""

from __future__ import annotations

import struct
import zlib

HEADER = 16
MOST = 8 << 20
"""Compressed octets for one file; each may become eight, and the library makes about four million in a second."""
_ONES = 0xFFFFFFFF


def inflated(stream: bytes) -> bytes | None:
    """Return the RTF in STREAM, or None where it is no compressed RTF.

    The library refuses everything for a wrong checksum or a last reference that is cut in two, so it is given a header
    that fits and no half reference.
    """
    from compressed_rtf import decompress  # noqa: PLC0415 - few messages hold one that Outlook saved

    sort, body = stream[8:12], stream[HEADER:]
    if sort == b"MELA":
        return body
    if sort != b"LZFu":
        return None
    try:
        return bytes(decompress(_with_header(body)))
    except struct.error:  # the second octet of the last reference is not there
        return bytes(decompress(_with_header(body[:-1])))


def _with_header(body: bytes) -> bytes:
    checksum = zlib.crc32(body, _ONES) ^ _ONES  # neither begun nor ended with an inversion (MS-OXRTFCP 2.1.3.2)
    return struct.pack("<II4sI", len(body) + 12, 0, b"LZFu", checksum) + body
