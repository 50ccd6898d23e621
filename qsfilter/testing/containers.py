"""Writes rarer archives and compressed files for tests, each with one member that is stored as it is.

Guarantee: the same arguments give the same bytes.
"""

from __future__ import annotations

import lzma
import struct
import zlib
from base64 import b64encode

AES_7Z = b"\x06\xf1\x07\x01"
SECTOR = 2048


def noise(size: int) -> bytes:
    """Return SIZE bytes that look like what encryption makes, always the same."""
    found, state = bytearray(), 1
    while len(found) < size:
        state = state * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
        found += (state >> 32).to_bytes(4, "little")
    return bytes(found[:size])


# --- 7z (7zFormat.txt) ------------------------------------------------------------------------------------------------


def seven_zip(name: str, data: bytes, *, encrypted: bool = False, hidden: bool = False) -> bytes:
    """Return a 7z; ENCRYPTED says that DATA are (AES), and HIDDEN that the header with the names is, too."""
    text = name.encode("utf-16-le") + b"\0\0"
    files = b"\x05\x01" + b"\x11" + _number(1 + len(text)) + b"\0" + text + b"\0"
    digest = b"\x0a\x01" + struct.pack("<I", zlib.crc32(data))
    header = b"\x01\x04" + _streams(0, data, encrypted=encrypted) + b"\x08" + digest + b"\0\0" + files + b"\0"
    packed = data
    if hidden:
        secret = noise(-(-len(header) // 16) * 16)
        header, packed = b"\x17" + _streams(len(data), secret, encrypted=True) + b"\0", data + secret
    start = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\x04" + struct.pack("<I", zlib.crc32(start)) + start + packed + header


def _streams(place: int, data: bytes, *, encrypted: bool) -> bytes:
    """Return what a 7z's header says of one packed stream."""
    coder = b"\x24" + AES_7Z + b"\x12\x53\x0f" + noise(16) if encrypted else b"\x01\0"
    packed = b"\x06" + _number(place) + b"\x01\x09" + _number(len(data)) + b"\0"
    folder = b"\x07\x0b\x01\0\x01" + coder + b"\x0c" + _number(len(data))
    return packed + folder + b"\0"


def _number(value: int) -> bytes:
    return bytes((value,)) if value < 0x80 else bytes((0x80 | value >> 8, value & 0xFF))


# --- RAR --------------------------------------------------------------------------------------------------------------


def rar4(name: bytes, data: bytes, *, encrypted: bool = False, hidden: bool = False, flags: int = 0) -> bytes:
    """Return a RAR of version 2.9 to 4 (technote.txt); ENCRYPTED are DATA, HIDDEN all headers; FLAGS are the member's.

    With the flag 0x200, NAME holds a NUL and the name in RAR's own coding of Unicode behind the plain one.
    """
    about = struct.pack("<IIBIIBBHI", len(data), len(data), 3, zlib.crc32(data), 0x5B766000, 29, 0x30, len(name), 0o644)
    rest = _rar4_block(0x74, 0x8000 | (4 if encrypted else 0) | flags, about + name) + data
    rest += _rar4_block(0x7B, 0x4000, b"")
    main = _rar4_block(0x73, 0x80 if hidden else 0, bytes(6))
    return b"Rar!\x1a\x07\0" + main + (noise(8 + -(-len(rest) // 16) * 16) if hidden else rest)


def _rar4_block(kind: int, flags: int, body: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


def rar5(name: bytes, data: bytes, *, encrypted: bool = False, hidden: bool = False) -> bytes:
    """Return a RAR of version 5 (rarlab.com/technote.htm); ENCRYPTED are DATA, HIDDEN all headers."""
    about = b"\x04" + _vint(len(data)) + b"\x24" + struct.pack("<I", zlib.crc32(data)) + b"\0\x01" + _vint(len(name))
    extra = b"\x01\0\0\x0f" + noise(32) if encrypted else b""
    extra = _vint(len(extra)) + extra if extra else b""
    rest = _rar5_block(1, b"\0") + _rar5_block(2, about + name, data, extra) + _rar5_block(5, b"\0")
    if hidden:
        rest = _rar5_block(4, b"\0\0\x0f" + noise(16)) + noise(16 + -(-len(rest) // 16) * 16)
    return b"Rar!\x1a\x07\x01\0" + rest


def _rar5_block(kind: int, body: bytes, data: bytes = b"", extra: bytes = b"") -> bytes:
    lengths = (_vint(len(extra)) if extra else b"") + (_vint(len(data)) if data else b"")
    head = bytes((kind, bool(extra) | bool(data) << 1)) + lengths + body + extra
    head = _vint(len(head)) + head
    return struct.pack("<I", zlib.crc32(head)) + head + data


def _vint(value: int) -> bytes:
    return bytes((value,)) if value < 0x80 else bytes((value & 0x7F | 0x80, value >> 7))


# --- others -----------------------------------------------------------------------------------------------------------


def cabinet(name: bytes, data: bytes) -> bytes:
    """Return a cabinet (MS-CAB)."""
    file = struct.pack("<IIHHHH", len(data), 0, 0, 0x5B76, 0, 0x20) + name + b"\0"
    start = 44 + len(file)
    head = struct.pack("<IIIIIBBHHHHH", 0, start + 8 + len(data), 0, 44, 0, 3, 1, 1, 1, 0, 0, 0)
    block = struct.pack("<IHH", 0, len(data), len(data)) + data
    return b"MSCF" + head + struct.pack("<IHH", start, 1, 0) + file + block


def lha(name: bytes, data: bytes) -> bytes:
    """Return an archive of LHA, with a header of level 0."""
    crc = 0
    for octet in data:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    head = b"-lh0-" + struct.pack("<IIIBBB", len(data), len(data), 0x5B760000, 0x20, 0, len(name)) + name
    head += struct.pack("<H", crc)
    return bytes((len(head), sum(head) & 0xFF)) + head + data + b"\0"


def arj(name: bytes, data: bytes) -> bytes:
    """Return an archive of ARJ."""

    def block(kind: int, label: bytes, size: int, crc: int) -> bytes:
        first = struct.pack("<BBBBBBBxIIIIHHBB", 30, 11, 1, 0, 0, 0, kind, 0x5B766000, size, size, crc, 0, 0x20, 0, 0)
        head = first + label + b"\0\0"
        return b"\x60\xea" + struct.pack("<H", len(head)) + head + struct.pack("<IH", zlib.crc32(head), 0)

    return block(2, b"a.arj", 0, 0) + block(0, name, len(data), zlib.crc32(data)) + data + b"\x60\xea\0\0"


def cpio(name: bytes, data: bytes, mode: int = 0o100644) -> bytes:
    """Return a cpio archive (newc)."""
    found = b""
    for label, kind, content in ((name, mode, data), (b"TRAILER!!!", 0, b"")):
        numbers = (1, kind, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(label) + 1, 0)
        head = b"070701" + b"".join(b"%08X" % one for one in numbers) + label + b"\0"
        found += head + bytes(-len(head) % 4) + content + bytes(-len(content) % 4)
    return found


def ar(name: bytes, data: bytes) -> bytes:
    """Return an ar archive."""
    head = (name + b"/").ljust(16) + b"0".ljust(12) + b"0".ljust(6) * 2 + b"644".ljust(8) + b"%d" % len(data)
    return b"!<arch>\n" + head.ljust(58) + b"`\n" + data + b"\n" * (len(data) % 2)


def xar(name: str, data: bytes, *, coded: bool = False) -> bytes:
    """Return a xar archive; CODED says that the name is to be in base64."""
    size, label = len(data), f"<name>{name}</name>"
    if coded:
        label = f'<name enctype="base64">{b64encode(name.encode()).decode()}</name>'
    about = f'<length>{size}</length><offset>0</offset><size>{size}</size><encoding style="application/octet-stream"/>'
    toc = f'<file id="1">{label}<type>file</type><data>{about}</data></file>'
    text = f'<?xml version="1.0" encoding="UTF-8"?><xar><toc>{toc}</toc></xar>'.encode()
    packed = zlib.compress(text)
    return b"xar!" + struct.pack(">HHQQI", 28, 1, len(packed), len(text), 0) + packed + data


def disc(name: bytes, data: bytes, rock_ridge: bytes = b"") -> bytes:
    """Return a disc of ISO 9660 (ECMA-119) with one file of at most a sector; NAME as `X.EXE;1`.

    ROCK_RIDGE is the name that the file has for readers of that extension (IEEE P1282).
    """
    root = _record(b"\0", 20, SECTOR, 2)
    sectors = [bytes(SECTOR)] * 24
    descriptor = bytearray(SECTOR)
    descriptor[:7] = b"\x01CD001\x01"
    descriptor[8:72] = b"DISC".ljust(64)
    descriptor[80:88] = _both(len(sectors), 4)
    descriptor[120:132] = _both(1, 2) * 2 + _both(SECTOR, 2)
    descriptor[132:140] = _both(10, 4)
    descriptor[140:144], descriptor[148:152] = struct.pack("<I", 18), struct.pack(">I", 19)
    descriptor[156:190] = root
    descriptor[190:813] = b" " * 623
    descriptor[813:881] = (b"0" * 16 + b"\0") * 4
    descriptor[881] = 1
    sectors[16] = bytes(descriptor)
    sectors[17] = b"\xffCD001\x01".ljust(SECTOR, b"\0")
    sectors[18] = struct.pack("<BBIHH", 1, 0, 20, 1, 0).ljust(SECTOR, b"\0")
    sectors[19] = struct.pack(">BBIHH", 1, 0, 20, 1, 0).ljust(SECTOR, b"\0")
    use = b"RR\x05\x01\x81" if rock_ridge else b""
    more = use + b"NM" + bytes((5 + len(rock_ridge), 1, 0)) + rock_ridge if rock_ridge else b""
    folder = _record(b"\0", 20, SECTOR, 2, b"SP\7\1\xbe\xef\0" + use if use else b"")
    folder += _record(b"\1", 20, SECTOR, 2, use)
    folder += _record(name, 21, len(data), 0, more)
    sectors[20], sectors[21] = folder.ljust(SECTOR, b"\0"), data.ljust(SECTOR, b"\0")
    return b"".join(sectors)


def _both(value: int, width: int) -> bytes:
    return value.to_bytes(width, "little") + value.to_bytes(width, "big")


def _record(name: bytes, sector: int, size: int, flags: int, more: bytes = b"") -> bytes:
    """Return an entry of a folder (ECMA-119, 9.1) with MORE for system use."""
    about = _both(sector, 4) + _both(size, 4) + bytes((125, 11, 22, 12, 0, 0, 0, flags, 0, 0)) + _both(1, 2)
    rest = about + bytes((len(name),)) + name + bytes(1 - len(name) % 2) + more + bytes(len(more) % 2)
    return bytes((len(rest) + 2, 0)) + rest


# --- one file ---------------------------------------------------------------------------------------------------------


def compressed(data: bytes) -> bytes:
    """Return DATA, below 250 bytes, as compress writes it (.Z): codes of nine bits, one for each octet."""
    bits = 0
    for place, octet in enumerate(data):
        bits |= octet << 9 * place
    return b"\x1f\x9d\x90" + bits.to_bytes(-(-9 * len(data) // 8), "little")


def lzip(data: bytes) -> bytes:
    """Return DATA in lzip's format, version 1."""
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": 4096, "lc": 3, "lp": 0, "pb": 2}]
    stream = lzma.compress(data, lzma.FORMAT_ALONE, filters=filters)[13:]
    return b"LZIP\x01\x0c" + stream + struct.pack("<IQQ", zlib.crc32(data), len(data), 6 + len(stream) + 20)


def lz4(data: bytes) -> bytes:
    """Return DATA in an LZ4 frame, not compressed."""
    return b"\x04\x22\x4d\x18\x60\x40\x82" + struct.pack("<I", 0x80000000 | len(data)) + data + bytes(4)


def zstandard(data: bytes) -> bytes:
    """Return DATA, below 256 bytes, in a Zstandard frame (RFC 8878), not compressed."""
    return b"\x28\xb5\x2f\xfd\x20" + bytes((len(data),)) + (len(data) << 3 | 1).to_bytes(3, "little") + data
