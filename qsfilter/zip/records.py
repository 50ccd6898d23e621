"""The records of a zip archive as they stand in its bytes: local headers, directory entries, end records.

Guarantees: any bytes are read, offsets are checked and never followed beyond the end; zip64 values take the place of
those that are too large for their fields (APPNOTE.TXT, 4.5.3).
"""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

LOCAL = b"PK\x03\x04"
ENTRY = b"PK\x01\x02"
END = b"PK\x05\x06"
END64 = b"PK\x06\x06"
LOCATOR64 = b"PK\x06\x07"
DESCRIPTOR = b"PK\x07\x08"
PREFIXES = (b"PK00", DESCRIPTOR)
"""What stands in front of an archive that was made to be split and was not (4.4.1.5, 8.5.4)."""

ENCRYPTED = 1
DESCRIBED = 1 << 3
STRONG = 1 << 6
UTF8 = 1 << 11
MASKED = 1 << 13
"""Bits of the general purpose flag (4.4.4)."""
MAX16, MAX32 = 0xFFFF, 0xFFFFFFFF

_LOCAL = Struct("<6xHHLLLLHH")
_ENTRY = Struct("<4s4xHHLLLLHHHHHLL")
_END = Struct("<4xHHHHLLH")
_LOCATOR64 = Struct("<4xLQL")
_END64 = Struct("<4xQHHLLQQQQ")
_SIZES = Struct("<LLL")
_SIZES64 = Struct("<LQQ")


class Header(NamedTuple):
    """What a directory entry or a local header says of one member."""

    at: int
    """Where the local header is, or is told to be."""
    flags: int
    method: int
    crc: int
    packed: int
    """Size of the compressed data."""
    size: int
    name: bytes
    extra: bytes
    attributes: int
    """External attributes; 0 in a local header, which has none."""

    @property
    def data(self) -> int:
        """Where the data begin; of a local header only."""
        return self.at + 30 + len(self.name) + len(self.extra)

    @property
    def size_follows(self) -> bool:
        """Whether a data descriptor behind the data says how long they are (4.4.4, bit 3)."""
        return bool(self.flags & DESCRIBED) and self.packed in (0, MAX32)


class End(NamedTuple):
    """What an end record, with its zip64 record or without it, says of its directory."""

    at: int
    behind: int
    """First offset behind its comment."""
    before: int
    """Where the directory should end: at this record, or at the zip64 record in front of it."""
    listed: int
    """How many members are told to be listed there."""
    size: int
    offset: int

    @property
    def starts(self) -> tuple[int, ...]:
        """Where the directory may begin: as told, and where it must for its size if something was put in front."""
        return (self.before - self.size, self.offset)


def local_at(data: bytes, at: int) -> Header | None:
    """Return the local header at AT (4.3.7), if there is one."""
    if at < 0 or at + 30 > len(data) or not data.startswith(LOCAL, at):
        return None
    flags, method, _, crc, packed, size, named, more = _LOCAL.unpack_from(data, at)
    behind = at + 30 + named
    extra = data[behind : behind + more]
    if more and MAX32 in (packed, size):
        size, packed, _ = _zip64(extra, size, packed, 0)
    return Header(at, flags, method, crc, packed, size, data[at + 30 : behind], extra, 0)


def entries(data: bytes, at: int, stop: int, most: int) -> tuple[list[Header], int]:
    """Return the entries (4.3.12) that follow each other from AT to STOP, at most MOST, and where the last one ends."""
    found: list[Header] = []
    unpack, last = _ENTRY.unpack_from, stop - 46
    while at <= last and len(found) < most:
        signature, flags, method, _, crc, packed, size, named, more, comment, _, _, attributes, offset = unpack(
            data, at
        )
        if signature != ENTRY:
            break
        behind = at + 46 + named
        extra = data[behind : behind + more]
        if more and MAX32 in (packed, size, offset):
            size, packed, offset = _zip64(extra, size, packed, offset)
        found.append(Header(offset, flags, method, crc, packed, size, data[at + 46 : behind], extra, attributes))
        at = behind + more + comment
    return found, at


def ends_at(data: bytes, at: int) -> tuple[End, ...]:
    """Return what the end record at AT (4.3.16) says, and what the zip64 record in front of it does, if it differs."""
    if at + 22 > len(data):
        return ()
    _, _, _, count, size, offset, comment = _END.unpack_from(data, at)
    behind = at + 22 + comment
    plain = End(at, behind, at, count, size, offset)
    if at < 76 or not data.startswith(LOCATOR64, at - 20):
        return (plain,)
    found: list[End] = []
    _, told, _ = _LOCATOR64.unpack_from(data, at - 20)
    # Where it is told to be, and directly in front of the locator, as it must be if something was put in front.
    for place in dict.fromkeys((at - 76, told)):
        if 0 <= place <= at - 76 and data.startswith(END64, place):
            _, _, _, _, _, _, count64, size64, offset64 = _END64.unpack_from(data, place)
            found.append(End(at, behind, place, count64, size64, offset64))
    marked = count == MAX16 or MAX32 in (size, offset)
    same = (count, size, offset) in {(end.listed, end.size, end.offset) for end in found}
    return tuple(found) if found and (marked or same) else (plain, *found)


def behind_descriptor(data: bytes, at: int, crc: int, packed: int, size: int) -> int:
    """Return where the data descriptor (4.3.9) at AT ends that says CRC, PACKED and SIZE, or AT if none does."""
    for start in (at + 4, at) if data.startswith(DESCRIPTOR, at) else (at,):
        for form in (_SIZES, _SIZES64):
            if start + form.size <= len(data) and form.unpack_from(data, start) == (crc, packed, size):
                return start + form.size
    return at


def extra_fields(extra: bytes) -> dict[int, bytes]:
    """Return the fields of EXTRA (4.5.1) by their number; of several with one number, the first."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(extra):
        number, size = int.from_bytes(extra[at : at + 2], "little"), int.from_bytes(extra[at + 2 : at + 4], "little")
        found.setdefault(number, extra[at + 4 : at + 4 + size])
        at += 4 + size
    return found


def _zip64(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Replace those values that are too large for their fields by those in EXTRA, which has only these, in order."""
    values = extra_fields(extra).get(1, b"")
    wide: list[int] = []
    for value in (size, packed, offset):
        if value == MAX32 and len(values) >= 8:
            wide.append(int.from_bytes(values[:8], "little"))
            values = values[8:]
        else:
            wide.append(value)
    return wide[0], wide[1], wide[2]
