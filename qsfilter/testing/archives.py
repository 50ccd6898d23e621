"""Writes zip and tar archives for tests, octet by octet, so that every field of them can be a lie.

Guarantee: the same arguments give the same bytes.
"""

from __future__ import annotations

import bz2
import struct
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from qsfilter.testing.messages import attachment, eicar, message, part

if TYPE_CHECKING:
    from collections.abc import Mapping

STORED, DEFLATED, BZIP2, LZMA, AES = 0, 8, 12, 14, 99
ENCRYPTED, STREAMED, UTF8 = 1, 1 << 3, 1 << 11
"""Bits of a zip's general purpose flag (APPNOTE.TXT, 4.4.4)."""
TIME = 0x5B766000
"""22 November 2025, noon, as MS-DOS has it."""
BLOCK = 512


def mailed(
    data: bytes, name: str = "report.bin", newline: bytes = b"\n", content_type: str = "application/octet-stream"
) -> bytes:
    """Return a message of a line of text and an attachment: DATA as NAME, in base64."""
    text = part(b"hello", newline=newline)
    return message(text, attachment(data, name, content_type, newline=newline), newline=newline)


def program() -> bytes:
    """Return the headers of a program for Windows (PE), with no code behind them."""
    return b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<HHIIIHH", 0x14C, 0, 0, 0, 0, 0, 0x102)


def packed_eicar() -> bytes:
    """Return the EICAR test file in gzip: for members that are stored, so that only who takes them out finds it."""
    stream = zlib.compressobj(9, zlib.DEFLATED, 31)
    return stream.compress(eicar()) + stream.flush()


def deflated_zeros(count: int, inside: bytes = b"") -> bytes:
    """Return a Deflate stream of INSIDE and COUNT MiB of zeros; 1 KB and no work for each."""
    one = zlib.compressobj(9, zlib.DEFLATED, -15)
    mebibyte = one.compress(bytes(1 << 20)) + one.flush(zlib.Z_FULL_FLUSH)
    first = zlib.compressobj(9, zlib.DEFLATED, -15)
    return first.compress(inside) + first.flush(zlib.Z_FULL_FLUSH) + mebibyte * count + b"\x03\0"


def zeros_crc(count: int, inside: bytes = b"") -> int:
    """Return the CRC-32 of INSIDE and COUNT MiB of zeros."""
    crc, mebibyte = zlib.crc32(inside), bytes(1 << 20)
    for _ in range(count):
        crc = zlib.crc32(mebibyte, crc)
    return crc


# --- zip --------------------------------------------------------------------------------------------------------------


class Header(NamedTuple):
    """What the local header or the directory says of one member (APPNOTE.TXT, 4.3.7 and 4.3.12)."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    """Bytes of the data in the archive."""
    size: int
    """Bytes of the content."""
    extra: bytes = b""
    comment: bytes = b""
    attributes: int = 0
    """External attributes; a Unix mode is in the upper 16 bits."""
    at: int | None = None
    """Where the directory says that the local header is; None for the truth."""


class Member(NamedTuple):
    """One member of a zip; None where the directory or the local header is to know nothing of it."""

    local: Header | None
    data: bytes
    """As it stands in the archive, with a data descriptor behind it where there is one."""
    entry: Header | None

    def written(self) -> bytes:
        """Return the local header and the data."""
        if self.local is None:
            return self.data
        name, flags, method, crc, packed, size, extra, *_ = self.local
        fields = struct.pack("<HHHIIIIHH", 20, flags, method, TIME, crc, packed, size, len(name), len(extra))
        return b"PK\x03\x04" + fields + name + extra + self.data

    def listed(self, at: int) -> bytes:
        """Return the entry in the directory, the local header being AT."""
        if self.entry is None:
            return b""
        name, flags, method, crc, packed, size, extra, comment, attributes, told = self.entry
        head = struct.pack("<HHHHIIII", 0x314, 20, flags, method, TIME, crc, packed, size)
        lengths = struct.pack("<HHHHH", len(name), len(extra), len(comment), 0, 0)
        place = struct.pack("<II", attributes, at if told is None else told)
        return b"PK\x01\x02" + head + lengths + place + name + extra + comment


def member(
    name: bytes,
    content: bytes,
    method: int = DEFLATED,
    *,
    data: bytes | None = None,
    streamed: bool = False,
    both: Mapping[str, Any] | None = None,
    local: Mapping[str, Any] | None = None,
    entry: Mapping[str, Any] | None = None,
) -> Member:
    """Return a member NAME with CONTENT, packed by METHOD, or as DATA says.

    STREAMED ones have their sizes in a descriptor behind the data (4.3.9). LOCAL and ENTRY are the fields of `Header`
    that are to be different in one of the two headers, BOTH those that are in either.
    """
    packed = _packed(content, method) if data is None else data
    honest = Header(name, STREAMED if streamed else 0, method, zlib.crc32(content), len(packed), len(content))
    honest = honest._replace(**(both or {}))
    first = honest._replace(crc=0, packed=0, size=0) if streamed else honest
    if streamed:
        packed += b"PK\x07\x08" + struct.pack("<III", honest.crc, honest.packed, honest.size)
    return Member(first._replace(**(local or {})), packed, honest._replace(**(entry or {})))


def _packed(content: bytes, method: int) -> bytes:
    if method == DEFLATED:
        stream = zlib.compressobj(9, zlib.DEFLATED, -15)
        return stream.compress(content) + stream.flush()
    return bz2.compress(content) if method == BZIP2 else content


def zip_end(count: int, size: int, offset: int, comment: bytes = b"") -> bytes:
    """Return the end record (4.3.16) of a directory of COUNT entries and SIZE bytes at OFFSET."""
    return b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, size, offset, len(comment)) + comment


def zip_file(
    *members: Member, before: bytes = b"", base: int | None = None, count: int | None = None, comment: bytes = b""
) -> bytes:
    """Return an archive of MEMBERS behind the bytes BEFORE.

    Offsets are told as if the file began BASE bytes further in front; without it they count from the start of BEFORE.
    COUNT is how many members the end record tells.
    """
    base = 0 if base is None else base
    data, entries, listed = bytearray(before), bytearray(), 0
    for one in members:
        entries += one.listed(len(data) + base)
        listed += one.entry is not None
        data += one.written()
    end = zip_end(listed if count is None else count, len(entries), len(data) + base, comment)
    return bytes(data + entries) + end


# --- tar --------------------------------------------------------------------------------------------------------------


def tar_header(
    name: bytes, size: int | bytes, kind: bytes = b"0", link: bytes = b"", *, checksum: int | None = None
) -> bytes:
    """Return a header of 512 bytes (POSIX, ustar); SIZE as a number, or the field as it is to stand there."""
    told = b"%011o\0" % size if isinstance(size, int) else size
    front = name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + told + b"15056000000\0"
    behind = kind + link.ljust(100, b"\0") + b"ustar\x0000"
    block = (front + b" " * 8 + behind).ljust(BLOCK, b"\0")
    total = sum(block) if checksum is None else checksum
    return block[:148] + b"%06o\0 " % total + block[156:]


def tar_member(
    name: bytes,
    data: bytes,
    kind: bytes = b"0",
    link: bytes = b"",
    *,
    size: int | bytes | None = None,
    checksum: int | None = None,
) -> bytes:
    """Return a member NAME of the type KIND with DATA, filled up to whole blocks; SIZE and CHECKSUM as told."""
    head = tar_header(name, len(data) if size is None else size, kind, link, checksum=checksum)
    return head + data + bytes(-len(data) % BLOCK)


def pax(records: Mapping[bytes, bytes], kind: bytes = b"x") -> bytes:
    """Return an extended header (POSIX, pax) with RECORDS, for the next member, or for all with KIND `g`."""
    data = b""
    for key, value in records.items():
        rest = b" " + key + b"=" + value + b"\n"
        length = len(rest) + 1
        while len(b"%d" % length) + len(rest) != length:
            length += 1
        data += b"%d" % length + rest
    return tar_member(b"PaxHeaders/x", data, kind)


def tar_file(*members: bytes) -> bytes:
    """Return an archive of MEMBERS with its end marker of two empty blocks."""
    return b"".join(members) + bytes(2 * BLOCK)
