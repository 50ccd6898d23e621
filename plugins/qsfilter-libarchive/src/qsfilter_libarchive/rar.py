"""Lists the members of a RAR archive by its headers alone (RAR 5.0 archive format; technote.txt of RAR 3 and 4).

libarchive stops at the first header that it can't use, says nothing of files that begin in another volume, and older
ones take what is encrypted in RAR 5 for broken; names go to the rules all the same.

Guarantees: never raises, whatever the bytes are; bounded by the archive's size and by the number asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from typing import NamedTuple
from zlib import crc32

RAR4, RAR5 = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"
MAIN, FILE, SERVICE, CRYPT, END = 1, 2, 3, 4, 5
BLOCK4 = Struct("<HBHH")
"""Checksum, type, flags and size of a header of RAR 3 and 4."""
TYPES4 = {0x73: MAIN, 0x74: FILE, 0x7A: SERVICE, 0x7B: END}
STORED4 = 0x30
LONGEST_NAME = 1 << 16


class Listed(NamedTuple):
    """A member as its header tells it."""

    name: bytes
    """As stored, or in UTF-8 where it is coded as Unicode."""
    encrypted: bool
    directory: bool
    split: bool
    """Begins or ends in another volume."""
    old: bool = False
    """Compressed as RAR did before version 2.9; libarchive would take it for broken."""
    checksum: int | None = None
    """CRC-32 of its content; libarchive does not compare it where the content is stored as it is."""
    target: bytes = b""
    """What it leads to or is a copy of (RAR 5); of a junction libarchive does not tell."""
    plain: bytes = b""
    """Its other name where it has two (RAR 3 and 4), for readers without Unicode; libarchive does not tell."""


@dataclass(slots=True)
class Listing:
    """What the headers tell."""

    count: int = 0
    """Members, all together."""
    left: dict[bytes, list[Listed]] = field(default_factory=dict)
    """Those that were not taken, by their names as `_plain` makes them."""
    encrypted: bool = False
    """The headers themselves are, so nothing more is known."""
    volume: bool = False
    """It is one of several."""
    ended: bool = False
    """There is an end header, or none is due (before RAR 3)."""

    def add(self, member: Listed) -> None:
        """List MEMBER as the last one."""
        self.count += 1
        self.left.setdefault(_plain(member.name), []).append(member)

    def take(self, names: tuple[bytes, ...]) -> Listed | None:
        """Return the first member that has one of NAMES, and list it no more."""
        for name in names:
            found = self.left.get(_plain(name))
            if found:
                return found.pop(0)
        return None


def _plain(name: bytes) -> bytes:
    return name.replace(b"\\", b"/").rstrip(b"/")


def listing(data: bytes, offset: int, most: int) -> Listing | None:
    """List up to MOST members of the archive at OFFSET of DATA; None where no archive begins there."""
    if data.startswith(RAR5, offset):
        return _listing5(data, offset + len(RAR5), most)
    if data.startswith(RAR4, offset):
        return _listing4(data, offset + len(RAR4), most)
    return None


def _listing4(data: bytes, at: int, most: int) -> Listing | None:
    main = data[at : at + 13]
    if len(main) < 13 or main[2] != 0x73 or crc32(main[2:]) & 0xFFFF != int.from_bytes(main[:2], "little"):
        return None
    found = Listing(ended=True)
    while len(data) - at >= BLOCK4.size and found.count < most:
        _, kind, flags, size = BLOCK4.unpack_from(data, at)
        kind = TYPES4.get(kind, 0)
        head = data[at : at + size]
        if size < BLOCK4.size or len(head) < size:
            break
        packed = int.from_bytes(head[7:11], "little") if flags & 0x8000 or kind in {FILE, SERVICE} else 0
        if kind == MAIN:
            found.volume, found.encrypted = bool(flags & 1), bool(flags & 0x80)
            if found.encrypted:
                break
        elif kind in {FILE, SERVICE}:
            long = flags & 0x100
            packed += int.from_bytes(head[32:36], "little") << 32 if long else 0
            if kind == FILE and size >= 32:
                length, start = int.from_bytes(head[26:28], "little"), 40 if long else 32
                raw = head[start : start + length]
                plain = raw.split(b"\0", 1)[0]
                name = _unicode(raw) if flags & 0x200 else plain
                found.ended = found.ended and head[24] < 29
                old = head[25] != STORED4 and head[24] < 29
                checksum = int.from_bytes(head[16:20], "little")
                one = Listed(name, bool(flags & 4), flags & 0xE0 == 0xE0, bool(flags & 3), old, checksum)
                found.add(one._replace(plain=b"" if plain == name else plain))
        elif kind == END:
            found.volume, found.ended = found.volume or bool(flags & 1), True
            break
        at += size + packed
    return found


def _unicode(raw: bytes) -> bytes:
    """Decode a name that is stored twice: plain, and as what differs from that in UTF-16 (RAR 3 and 4)."""
    plain, _, coded = raw.partition(b"\0")
    if not coded:
        return plain
    high, octets, found, flags, left = coded[0], iter(coded[1:]), bytearray(), 0, 0
    try:
        while len(found) < 2 * LONGEST_NAME:
            if not left:
                flags, left = next(octets), 8
            left -= 2
            way = flags >> left & 3
            if way < 3:
                found += bytes((next(octets), (0, high)[way] if way < 2 else next(octets)))
                continue
            count = next(octets)
            shift, upper = (next(octets), high) if count & 0x80 else (0, 0)
            for _ in range((count & 0x7F) + 2):
                at = len(found) // 2
                found += bytes(((plain[at] + shift & 0xFF) if at < len(plain) else 0, upper))
    except StopIteration:
        pass
    return found.decode("utf-16-le", "replace").encode("utf-8", "replace")


def _listing5(data: bytes, at: int, most: int) -> Listing | None:
    found, first = Listing(), True
    while len(data) - at > 6 and found.count < most:
        size, start = _number(data, at + 4)
        end = start + size
        head = _Header(data[start : min(end, start + (2 << 20))])
        if crc32(data[at + 4 : end]) != int.from_bytes(data[at : at + 4], "little") or not size:
            return None if first else found
        first = False
        kind, flags = head.number(), head.number()
        extra = head.number() if flags & 1 else 0
        packed = head.number() if flags & 2 else 0
        if kind == CRYPT:
            found.encrypted = True
            return found
        if kind == MAIN:
            found.volume = bool(head.number() & 1)
        elif kind == FILE:
            found.add(_file5(head, flags, extra))
        elif kind == END:
            found.volume, found.ended = found.volume or bool(head.number() & 1), True
            return found
        at = end + packed
    return found


def _file5(head: _Header, flags: int, extra: int) -> Listed:
    about, _size, _attributes = head.number(), head.number(), head.number()
    head.at += 4 * bool(about & 2)  # time
    checksum = int.from_bytes(head.data[head.at : head.at + 4], "little") if about & 4 else None
    head.at += 4 * bool(about & 4)
    _method, _system, length = head.number(), head.number(), head.number()
    name = head.data[head.at : head.at + length]
    head.at = max(head.at, len(head.data) - extra)
    encrypted, target = False, b""
    while head.at < len(head.data):
        size = head.number()
        behind = head.at + size
        kind = head.number() if size else 0
        encrypted = encrypted or kind == 1
        if kind == 4:  # an older state of a file, which goes by its name and a number
            _flags, version = head.number(), head.number()
            name += b";%d" % version
        elif kind == 5:
            _type, _flags, length = head.number(), head.number(), head.number()
            target = head.data[head.at : head.at + length]
        head.at = max(behind, head.at)
    return Listed(name, encrypted, bool(about & 1), bool(flags & 0x18), checksum=checksum, target=target)


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Read a number of seven bits an octet; return it and where it ends."""
    value = 0
    for place in range(10):
        octet = data[at + place] if at + place < len(data) else 0
        value |= (octet & 0x7F) << 7 * place
        if octet < 0x80:
            return value, at + place + 1
    return value, at + 10


class _Header:
    """A header of RAR 5 that is read number by number."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def number(self) -> int:
        """Return the next number; 0 behind the end."""
        value, self.at = _number(self.data, self.at)
        return value
