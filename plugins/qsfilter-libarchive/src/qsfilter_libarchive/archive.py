"""Reads one archive in memory, member by member, in the only format that it is asked for.

Guarantees: the bytes are read where they lie and nothing goes to a disk or another program; no member is read further
than the caller allows, whatever size it declares; what was read before an error is kept.
"""

from __future__ import annotations

import ctypes
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple, Self

from qsfilter_libarchive.library import EOF, FAILED, FATAL, OK, POINTER, WARN
from qsfilter_libarchive.trouble import NO_NAME, Trouble, trouble

if TYPE_CHECKING:
    from types import TracebackType

    from qsfilter_libarchive.library import Library

FORMATS: dict[str, tuple[str, ...]] = {
    "7z": ("7zip",),
    "rar": ("rar", "rar5"),
    "cab": ("cab",),
    "iso": ("iso9660",),
    "lha": ("lha",),
    "cpio": ("cpio",),
    "ar": ("ar",),
    "xar": ("xar",),
}
"""Kind of container → libarchive's names for its formats."""
FILTERS: dict[str, int] = {"compress": 3, "lzip": 9, "lz4": 13}
"""Kind of what holds one content without a name → its coding, by libarchive's name and number (archive.h)."""
RAW = ("raw", "empty")
DIRECTORY = 0o040000
FILE_TYPE = 0o170000
MOST_BARREN = 1000
"""Answers in a row that bring nothing; libarchive had endless loops of them (CVE-2026-4111)."""


class Member(NamedTuple):
    """What an archive tells of one member before its content is read."""

    names: tuple[bytes, ...]
    """As stored; where the format has a charset, in UTF-8."""
    target: bytes
    """What a link leads to."""
    directory: bool
    encrypted: bool
    size: int
    """As declared, 0 where it is not."""


class Archive:
    """An archive of KIND at OFFSET of DATA; `trouble` and `useless` say how the last call went."""

    def __init__(self, library: Library, data: bytes, offset: int, kind: str, options: bytes = b"") -> None:
        """Open it. Raises MemoryError; everything else that is wrong is said in `trouble`."""
        self.trouble: Trouble | None = None
        self.useless = False
        """Nothing more can be read."""
        self._library = library
        self._ffi = library.ffi
        self._data = data  # read where it lies, so it must stay
        self._archive = self._ffi.read_new()
        self._entry = self._ffi.entry_new()
        try:
            self._open(offset, kind, options)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Return it, open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give its memory back."""
        self.close()

    def close(self) -> None:
        """Give its memory back; it can't be used any more."""
        self._ffi.entry_free(self._entry)
        self._library.free(self._archive)
        self._entry = self._archive = None

    def _open(self, offset: int, kind: str, options: bytes) -> None:
        known = all(self._library.support(self._archive, "format", name) for name in FORMATS.get(kind, RAW))
        if not known or (kind in FILTERS and not self._library.support(self._archive, "filter", kind)):
            self.trouble, self.useless = Trouble("no-unpacker", f"this libarchive does not read {kind}"), True
            return
        if options:
            self._library.set_options(self._archive, options)
        start = ctypes.cast(ctypes.c_char_p(self._data), POINTER).value or 0
        with self._library.names_in_utf8():
            self._judge(self._library.open_memory(self._archive, start + offset, len(self._data) - offset))
        if kind in FILTERS and not self.useless:
            layers = self._ffi.filter_count(self._archive) - 1
            if layers != 1 or self._library.filter_code(self._archive, 0) != FILTERS[kind]:
                # It takes off as many as it finds, with no bound on what lies between them.
                self.trouble, self.useless = Trouble("corrupt", f"{layers} layers of {kind}, not 1"), True

    def _judge(self, answer: int) -> None:
        """Note what ANSWER to a call means."""
        self.useless = answer <= FATAL
        if answer >= OK:
            self.trouble = None
        else:
            self.trouble = trouble(self._ffi.error_string(self._archive), self._ffi.errno(self._archive))

    def next(self) -> Member | None:
        """Go to the next member; None at the end, and where no further one can be found: see `trouble`."""
        lost: Trouble | None = None
        for _ in range(MOST_BARREN):
            if self.useless:
                break
            with self._library.names_in_utf8():
                answer = self._library.next_header(self._archive, self._entry)
                self._judge(answer)
                if answer == WARN and self.trouble and NO_NAME.search(self.trouble.detail):
                    self.trouble = None
                self.trouble = lost = lost or self.trouble
                if answer == EOF:
                    break
                if answer in {OK, WARN}:
                    return self._member()
        return None

    def _member(self) -> Member:
        ffi, entry = self._ffi, self._entry
        names = (ffi.entry_pathname(entry), self._library.pathname_utf8(entry))
        return Member(
            names=tuple(dict.fromkeys(name for name in names if name)),
            target=ffi.entry_symlink(entry) or ffi.entry_hardlink(entry) or b"",
            directory=ffi.entry_filetype(entry) & FILE_TYPE == DIRECTORY,
            encrypted=self._library.is_encrypted(entry) > 0,
            size=ffi.entry_size(entry) if ffi.entry_size_is_set(entry) else 0,
        )

    def read(self, most: int) -> bytes:
        """Return the content of the member, at most one byte more than MOST; see `trouble` for whether it is whole."""
        found, barren, wrong = BytesIO(), 0, None
        block, size, offset = ctypes.c_void_p(), ctypes.c_size_t(), ctypes.c_longlong()
        while found.tell() <= most and barren < MOST_BARREN:
            answer = self._library.data_block(
                self._archive, ctypes.byref(block), ctypes.byref(size), ctypes.byref(offset)
            )
            self._judge(answer)
            wrong = wrong or self.trouble
            if answer == EOF or answer <= FAILED:
                break
            before = found.tell()
            hole = min(offset.value - before, most + 1 - before)
            if hole > 0:  # of a sparse file
                found.write(bytes(hole))
            length = min(size.value, most + 1 - found.tell())
            if length > 0 and block.value:
                found.write((ctypes.c_char * length).from_address(block.value))
            barren = 0 if found.tell() > before else barren + 1
        if barren >= MOST_BARREN:
            self.useless, wrong = True, wrong or Trouble("corrupt", "it goes on for ever without content")
        self.trouble = wrong
        return found.getvalue()
