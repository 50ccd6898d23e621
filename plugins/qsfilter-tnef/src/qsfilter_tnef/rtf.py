"""Opens compressed RTF (MS-OXRTFCP), the form in which Outlook sends a body, with the library compressed_rtf.

Guarantees: what the header says of sizes and checksum keeps nothing from being read; the work is bounded by `MOST`.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmap import mmap

    from qsfilter_tnef.faults import Faults

HEADER = struct.Struct("<II4sI")  # size of what follows the first field, size unpacked, sort, checksum
COMPRESSED = b"LZFu"
STORED = b"MELA"
MOST = 8 << 20
"""Compressed octets for one TNEF; each may become eight, and the library makes about four million in a second."""
_ONES = 0xFFFFFFFF


def inflated(base: bytes | mmap, start: int, end: int, faults: Faults) -> bytes:
    """Return the text of the compressed RTF from START to END, with its header.

    The library refuses everything for a wrong checksum or a last reference that is cut in two, so it is given a header
    that fits and no half reference.
    """
    from compressed_rtf import decompress  # noqa: PLC0415 - few messages hold TNEF

    declared, size, _, expected = HEADER.unpack_from(base, start)
    body = bytes(base[start + HEADER.size : end])
    found = crc(body)
    if declared != len(body) + 12:
        faults.corrupt(f"compressed RTF of {len(body) + 12} octets declares {declared}")
    elif found != expected:
        faults.corrupt("compressed RTF has another checksum")
    try:
        text = bytes(decompress(_with_header(body)))
    except struct.error:  # the second octet of the last reference is not there
        text = bytes(decompress(_with_header(body[:-1])))
    if len(text) != size:
        faults.corrupt(f"compressed RTF of {len(text)} octets unpacked declares {size}")
    return text


def _with_header(body: bytes) -> bytes:
    return HEADER.pack(len(body) + 12, 0, COMPRESSED, crc(body)) + body


def crc(data: bytes) -> int:
    """Return the checksum of DATA: CRC-32 that neither begins nor ends with an inversion (MS-OXRTFCP, 2.1.3.2)."""
    return zlib.crc32(data, _ONES) ^ _ONES
