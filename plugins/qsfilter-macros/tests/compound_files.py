"""Writes compound files (MS-CFB, version 3) for tests: 512-byte sectors, small streams in the mini stream."""

from __future__ import annotations

import itertools
import struct
from typing import TypeAlias

Tree: TypeAlias = "dict[str, bytes | Tree]"
END, FREE, TABLE, NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF


def compound(tree: Tree) -> bytes:
    """Return a compound file with TREE, name → content of a stream or what is in a storage."""
    sectors: list[bytes] = []
    table: list[int] = []
    mini, mini_table = bytearray(), []

    def chain(data: bytes) -> int:
        first = len(sectors)
        pieces = [data[at : at + 512].ljust(512, b"\0") for at in range(0, len(data), 512)]
        sectors.extend(pieces)
        table.extend([*range(first + 1, first + len(pieces)), END] if pieces else [])
        return first if pieces else END

    def small(data: bytes) -> int:
        first, count = len(mini_table), -(-len(data) // 64)
        mini.extend(data.ljust(64 * count, b"\0"))
        mini_table.extend([*range(first + 1, first + count), END] if count else [])
        return first if count else END

    rows: list[list[object]] = [["Root Entry", 5, NONE, NONE, 0, 0]]  # name, kind, right, child, start, size

    def add(members: Tree, parent: int) -> None:
        numbers = []
        for name, content in members.items():
            numbers.append(len(rows))
            if isinstance(content, dict):
                rows.append([name, 1, NONE, NONE, 0, 0])
                add(content, len(rows) - 1)
            else:
                start = small(content) if len(content) < 4096 else chain(content)
                rows.append([name, 2, NONE, NONE, start, len(content)])
        for one, following in itertools.pairwise(numbers):
            rows[one][2] = following  # a tree that is a list: allowed, and the worst for recursion
        rows[parent][3] = numbers[0] if numbers else NONE

    add(tree, 0)
    rows[0][4], rows[0][5] = chain(bytes(mini)), len(mini)
    mini_first = chain(b"".join(struct.pack("<I", one) for one in mini_table))
    mini_count = -(-4 * len(mini_table) // 512)
    directory = b"".join(_row(*row) for row in rows)
    first_row = chain(directory)
    count = 1
    while count * 128 < len(table) + count:
        count += 1
    assert count <= 109, "this writer knows no further allocation tables"
    places = list(range(len(sectors), len(sectors) + count))
    table += [TABLE] * count
    table += [FREE] * (count * 128 - len(table))
    sectors += [struct.pack("<128I", *table[at : at + 128]) for at in range(0, len(table), 128)]
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
        0, count, first_row, 0, 4096, mini_first, mini_count, END, 0, places[0],
    )  # fmt: skip
    header += struct.pack("<108I", *(places[1:] + [FREE] * (109 - count)))
    return header + b"".join(sectors)


def _row(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16xI16xIII", text.ljust(64, b"\0"), len(text), kind, 1, NONE, right, child, 0, start, size, 0
    )
