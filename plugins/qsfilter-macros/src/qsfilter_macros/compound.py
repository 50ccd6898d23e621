"""Reads compound files (MS-CFB, "OLE") by olefile, which is given none that could make it loop or grow.

Guarantees: what the header counts is held against the size of the file before olefile believes it; no stream is read
beyond the file's size, all of them together not beyond twice that; the directory is read flat, so depth costs no stack.
"""

from __future__ import annotations

import io
import struct
from typing import NamedTuple

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STORAGE, STREAM, ROOT = 1, 2, 5
NONE = 0xFFFFFFFF
MOST_ENTRIES = 65_536
"""Storages and streams that are looked at; Office writes hundreds, a message with its attachments thousands."""
_ENTRY = struct.Struct("<64sHBBIII16x4x16xIII")


class BrokenError(Exception):
    """The file is no compound file that a reader could open."""


class TooLargeError(Exception):
    """The file has more entries, or its streams more bytes, than are looked at."""


class Entry(NamedTuple):
    """One storage or stream of the directory (MS-CFB 2.6.1)."""

    number: int
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class CompoundFile:
    """One compound file in memory."""

    def __init__(self, data: bytes) -> None:
        """Read header, allocation table and directory of DATA. Raises BrokenError and TooLargeError."""
        import olefile  # noqa: PLC0415 - 9 ms, and few messages hold a compound file

        class Reader(olefile.OleFileIO):  # type: ignore[misc]  # it has no types
            """Olefile without its directory: that is read recursively, and looks for double streams in a list."""

            def loaddirectory(self, sect: int) -> None:
                self.directory_fp = self._open(sect, force_FAT=True)
                self.direntries = [None] * (self.directory_fp.size // 128)
                self.root = self._load_direntry(0)

            def _check_duplicate_stream(self, first_sect: int, minifat: bool = False) -> None:
                """Pass over it: `CompoundFile` bounds what double streams can cost."""

        _look_at_header(data)
        self._left = 2 * len(data)
        self._size = len(data)
        try:
            self._ole = Reader(io.BytesIO(data))
            self._ole.root.size = min(self._ole.root.size, len(data))
            directory = self._ole.directory_fp.getvalue()
        except (OSError, ValueError, IndexError, AttributeError, struct.error) as error:
            raise BrokenError(str(error)) from error
        self.entries = _entries(directory)
        self.parents = _parents(self.entries)
        """Number of an entry → number of the storage that it is in; entries in no storage are left out."""

    def kept_in(self, storage: int) -> list[Entry]:
        """Return what lies in the entry STORAGE itself."""
        return self._kept.get(storage, [])

    @property
    def _kept(self) -> dict[int, list[Entry]]:
        if not hasattr(self, "_by_parent"):
            self._by_parent: dict[int, list[Entry]] = {}
            for number, parent in self.parents.items():
                self._by_parent.setdefault(parent, []).append(self.entries[number])
        return self._by_parent

    def streams(self) -> list[Entry]:
        """Return all streams, in the order of the directory."""
        return [entry for entry in self.entries.values() if entry.kind == STREAM]

    def read(self, stream: Entry, most: int) -> bytes:
        """Return at most MOST bytes of STREAM, and what there is where it is cut short. Raises TooLargeError."""
        wanted = min(stream.size, most, self._size)
        if wanted <= 0:
            return b""
        small = stream.size < self._ole.minisectorcutoff
        try:
            if small:
                # Small streams lie in one of their own; olefile takes a size below the cut-off for that.
                data = self._ole._open(stream.start, stream.size).read(wanted)  # noqa: SLF001 - by name it is a search
            else:
                data = self._ole._open(stream.start, wanted, force_FAT=True).getvalue()  # noqa: SLF001 - as above
        except (OSError, ValueError, IndexError) as error:
            raise BrokenError(f"stream {stream.name!r}: {error}") from error
        self._left -= len(data)
        if self._left < 0:
            raise TooLargeError("its streams overlap")
        return bytes(data)


def _look_at_header(data: bytes) -> None:
    """Refuse DATA where its header (MS-CFB 2.2) counts more than the file can hold; olefile takes its word for it."""
    if len(data) < 512 or not data.startswith(SIGNATURE):
        raise BrokenError("it is cut off in its header")
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or mini_shift != 6:
        raise BrokenError(f"its sectors have 2^{shift} and 2^{mini_shift} bytes")
    sectors = len(data) >> shift
    (tables,) = struct.unpack_from("<I", data, 44)
    mini_tables, _, more_tables = struct.unpack_from("<III", data, 64)
    if tables > 109 + sectors // (1 << shift - 2) + 1 or max(mini_tables, more_tables) > sectors:
        raise BrokenError("its header counts more sectors than there are")


def _entries(directory: bytes) -> dict[int, Entry]:
    """Return the entries of DIRECTORY that are in use, by their number."""
    found: dict[int, Entry] = {}
    for number, raw in enumerate(_ENTRY.iter_unpack(directory[: len(directory) // 128 * 128])):
        name, length, kind, _, left, right, child, start, size, above = raw
        if kind not in (STORAGE, STREAM, ROOT):
            continue
        if len(found) == MOST_ENTRIES:
            raise TooLargeError(f"it has more than {MOST_ENTRIES} entries")
        text = name[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        # Old writers left the upper half of the size as it was (MS-CFB 2.6.1); above 4 GiB nothing is read anyway.
        found[number] = Entry(number, text, kind, left, right, child, start, size or (above and NONE))
    return found


def _parents(entries: dict[int, Entry]) -> dict[int, int]:
    """Walk the tree below each storage; an entry that several trees hold is in the first."""
    found: dict[int, int] = {}
    for storage in entries.values():
        todo = [storage.child] if storage.kind in (STORAGE, ROOT) else []
        while todo:
            number = todo.pop()
            if number in entries and number not in found:
                found[number] = storage.number
                todo += (entries[number].left, entries[number].right)
    return found
