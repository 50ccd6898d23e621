"""Writes compound files, TNEF and PDF for tests, octet by octet.

Guarantee: the same arguments give the same bytes.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    Content: TypeAlias = "bytes | Mapping[str, Content]"

SECTOR, SMALL, CUT_OFF = 512, 64, 4096
END, FREE, TABLE, NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF

# --- compound files (MS-CFB, version 3) -------------------------------------------------------------------------------


class _Chains:
    """Sectors of one size, and the table of which follows which."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.data = bytearray()
        self.table: list[int] = []

    def add(self, content: bytes) -> int:
        """Append CONTENT and return its first sector."""
        count, first = -(-len(content) // self.size), len(self.table)
        self.data += content.ljust(count * self.size, b"\0")
        self.table += [*range(first + 1, first + count), END] if count else []
        return first if count else END


def compound(streams: Mapping[str, Content]) -> bytes:
    """Return a compound file with STREAMS: path, as `Macros/VBA/dir`, → content. At most 7 MB.

    A mapping in place of a content is a storage, with what is in it; an empty one has nothing in it.
    """
    found = _flat(streams)
    large, small = _Chains(SECTOR), _Chains(SMALL)
    numbers = {"": 0}
    kept: dict[str, list[str]] = {"": []}
    for path in found:
        steps = path.split("/")
        for depth in range(1, len(steps) + 1):
            inner, outer = "/".join(steps[:depth]), "/".join(steps[: depth - 1])
            if inner not in numbers:
                numbers[inner] = len(numbers)
                kept[inner] = []
                kept[outer].append(inner)
    right = {one: numbers[following] for inside in kept.values() for one, following in pairwise(inside)}
    rows = []
    for path in list(numbers)[1:]:
        content = found.get(path)
        chains = small if len(content or b"") < CUT_OFF else large
        start = 0 if content is None else chains.add(content)
        child = numbers[kept[path][0]] if kept[path] else NONE
        kind = 1 if content is None else 2
        rows.append(_row(path.rpartition("/")[2], kind, (right.get(path, NONE), child), start, len(content or b"")))
    root = (NONE, numbers[kept[""][0]] if kept[""] else NONE)
    rows.insert(0, _row("Root Entry", 5, root, large.add(bytes(small.data)), len(small.data)))
    small_table = struct.pack(f"<{len(small.table)}I", *small.table)
    small_first = large.add(small_table.ljust(-(-len(small_table) // SECTOR) * SECTOR, b"\xff"))
    first_row = large.add(b"".join(rows))
    tables = -(-len(large.table) // (SECTOR // 4 - 1))
    places = range(len(large.table), len(large.table) + tables)
    table = large.table + [TABLE] * tables
    table += [FREE] * (tables * SECTOR // 4 - len(table))
    header = struct.pack("<8s16xHHHHH6xIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, tables,
                         first_row, 0, CUT_OFF)  # fmt: skip
    header += struct.pack("<IIII", small_first, -(-len(small_table) // SECTOR), END, 0)
    header += struct.pack("<109I", *places, *[FREE] * (109 - tables))
    return header + large.data + struct.pack(f"<{len(table)}I", *table)


def _flat(streams: Mapping[str, Content], above: str = "") -> dict[str, bytes | None]:
    """Return what is in STREAMS by its whole path; None is a storage."""
    found: dict[str, bytes | None] = {}
    for name, content in streams.items():
        if isinstance(content, bytes):
            found[above + name] = content
        else:
            found |= {above + name: None, **_flat(content, f"{above}{name}/")}
    return found


def _row(name: str, kind: int, links: tuple[int, int], start: int, size: int) -> bytes:
    """Return an entry of the directory (2.6.1); LINKS are its right neighbour and its first child."""
    text = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBBIII16xI16xIII", text, len(text), kind, 1, NONE, *links, 0, start, size, 0)


def ole_package(name: bytes, data: bytes) -> bytes:
    """Return a stream Ole10Native (its name begins with an octet 1) of the file NAME with DATA (MS-OLEDS, 2.3.6)."""
    path = b"C:\\in\\" + name + b"\0"
    body = b"\x02\0" + name + b"\0" + path + b"\0\0\x03\0" + struct.pack("<I", len(path)) + path
    body += struct.pack("<I", len(data)) + data
    return struct.pack("<I", len(body)) + body


# --- TNEF (MS-OXTNEF) -------------------------------------------------------------------------------------------------


def tnef(*attributes: bytes) -> bytes:
    """Return a stream of ATTRIBUTES behind signature and key."""
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(attributes)


def attribute(
    number: int, data: bytes, level: int = 2, *, length: int | None = None, checksum: int | None = None
) -> bytes:
    """Return an attribute; NUMBER is that with its type above it, LENGTH and CHECKSUM what is to be told."""
    told = len(data) if length is None else length
    total = sum(data) & 0xFFFF if checksum is None else checksum
    return struct.pack("<BII", level, number, told) + data + struct.pack("<H", total)


def tnef_attachment(
    name: bytes, data: bytes, *, length: int | None = None, checksum: int | None = None, more: bytes = b""
) -> bytes:
    """Return an attachment of three attributes: rendering, name, data with LENGTH and CHECKSUM; and MORE of them."""
    title = attribute(0x18010, name + b"\0")
    return attribute(0x69002, bytes(14)) + title + more + attribute(0x6800F, data, length=length, checksum=checksum)


def properties(*values: tuple[int, int, bytes], count: int | None = None, length: int | None = None) -> bytes:
    """Return a list of MAPI properties, each (number, type, value); COUNT of them and LENGTH of each as told."""
    found = struct.pack("<I", len(values) if count is None else count)
    for number, kind, value in values:
        told = len(value) if length is None else length
        found += struct.pack("<HHII", kind, number, 1, told) + value + bytes(-len(value) % 4)
    return found


# --- PDF (ISO 32000-1) ------------------------------------------------------------------------------------------------


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """Return a document of OBJECTS, numbered from 1, which is the catalog; TRAILER is put into the trailer."""
    found, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(found))
        found += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF\n"
    return found + table + end % (len(objects) + 1, trailer, len(found))


def pdf_stream(data: bytes, about: bytes = b"") -> bytes:
    """Return a stream object with DATA; ABOUT are further entries of its dictionary."""
    return b"<< /Length %d %b >>\nstream\n" % (len(data), about) + data + b"\nendstream"
