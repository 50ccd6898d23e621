"""Reads the outer structure of TNEF (MS-OXTNEF, 2.1.3): a signature, a key, and attributes to the end.

Guarantees: no length is believed that leads beyond the end; behind what can't be read, reading goes on at the next
attribute that carries content; linear in the size; no byte is passed over without a word.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from mmap import mmap

    from qsfilter_tnef.faults import Faults

SIGNATURE = b"\x78\x9f\x3e\x22"
FIRST = 6
"""Offset of the first attribute: behind the signature and a key of two octets."""
BODY = 0x800C
ATTACH_DATA = 0x800F
ATTACH_TITLE = 0x8010
ATTACH_META_FILE = 0x8011
ATTACH_TRANSPORT_FILENAME = 0x9001
ATTACH_REND_DATA = 0x9002
MSG_PROPS = 0x9003
ATTACHMENT = 0x9005
OEM_CODEPAGE = 0x9007
UNREAD = -1
"""In the place of an attribute's number: bytes that are no attribute."""
_HEADER = struct.Struct("<BHHI")  # level, number, type, length
_CHECKSUM = struct.Struct("<H")
_LEVELS = (1, 2)
# Number and type of what carries content or a name: attAttachData is 0x0006800F, in little-endian order.
_CONTENT = re.compile(rb"(?:[\x0c\x0f-\x11]\x80|[\x01-\x03\x05]\x90)[\x00-\x09]\x00")
_PADDING = re.compile(rb"[\x00\t\n\r\x1a ]*")
_STEP = 256


class Attribute(NamedTuple):
    """One attribute: its number without the type, and where its data lies, offsets in the base."""

    number: int
    start: int
    end: int


def attributes(base: bytes | mmap, start: int, end: int, faults: Faults) -> Iterator[Attribute]:
    """Yield each attribute of the stream from START to END, and what is none with the number UNREAD."""
    at = start + FIRST
    ran_over = False
    while at < end and faults.step():
        number, behind = _header(base, at, end)
        if behind > end and not ran_over and _CONTENT.match(base, at + 1, end):
            # Yielded once, or a file of nothing but such headers would be read a square of times.
            ran_over = True
            faults.corrupt(f"the attribute at {at - start} is cut short: {end - at - 9} of {behind - at - 9} octets")
            yield Attribute(number, at + 9, end)
            at = _next(base, at + 9, end)
        elif not 0 <= behind <= end:
            found = _next(base, at + 1, end)
            yield from _unread(base, (start, at, found, end), faults)
            at = found
        else:
            yield Attribute(number, at + 9, behind)
            if behind + 2 > end:
                faults.checksum(f"the attribute at {at - start} ends without its checksum")
            elif _CHECKSUM.unpack_from(base, behind)[0] != checksum(base, at + 9, behind):
                faults.checksum(f"the attribute at {at - start} has another checksum")
            at = behind + 2


def checksum(base: bytes | mmap, start: int, end: int) -> int:
    """Return the sum of the octets from START to END modulo 2^16 (MS-OXTNEF, 2.1.3.1).

    One half of Adler-32 is that sum modulo 65521, which is the sum itself for so few octets, and ten times as fast.
    """
    total = 0
    for at in range(start, end, _STEP):
        total += zlib.adler32(base[at : min(at + _STEP, end)], 0) & 0xFFFF
    return total & 0xFFFF


def _header(base: bytes | mmap, at: int, end: int) -> tuple[int, int]:
    """Return the number of the attribute at AT and where its data says that it ends; -1 where no attribute can be."""
    if at + _HEADER.size > end:
        return UNREAD, -1
    level, number, _, length = _HEADER.unpack_from(base, at)
    if level not in _LEVELS and not _CONTENT.match(base, at + 1, end):
        return UNREAD, -1
    return number, at + _HEADER.size + length


def _next(base: bytes | mmap, at: int, end: int) -> int:
    """Return the place from AT on where an attribute with content may begin that ends before END; END for none."""
    for found in _CONTENT.finditer(base, at + 1, end):
        if 0 <= _header(base, found.start() - 1, end)[1] <= end:
            return found.start() - 1
    return end


def _unread(base: bytes | mmap, places: tuple[int, int, int, int], faults: Faults) -> Iterator[Attribute]:
    """Yield what stands between two attributes, or behind the last one, unless it is padding there."""
    start, at, found, end = places
    if found == end and _PADDING.fullmatch(base, at, end):
        return
    if found == end and base[at] not in _LEVELS and at > start + FIRST:
        faults.trailing(f"{end - at} octets behind the last attribute")
    else:
        faults.corrupt(f"no attribute can be read at {at - start}")
    yield Attribute(UNREAD, at, found)
