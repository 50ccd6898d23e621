"""Loads libarchive, declares those of its calls that are needed, and lets them see names in UTF-8.

Guarantees: nothing is searched for by other programs; a library that can't be used is an OSError, so a FAILURE and no
verdict about any content; the process's locale and environment stay as they are.
"""

from __future__ import annotations

import ctypes
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POINTER = ctypes.c_void_p
OK, EOF, WARN, FAILED, FATAL = 0, 1, -20, -25, -30
"""What its calls answer with (archive.h): done, at the end, done in part, not done, and of no use any more."""
LC_CTYPE_MASK = 1
UTF_8 = (b"C.UTF-8", b"C.utf8", b"en_US.UTF-8")


class Library:
    """libarchive's calls. Raises OSError where the library is not there or lacks one of them."""

    def __init__(self, soname: str) -> None:
        before = os.environ.get("LIBARCHIVE")
        # Without it, libarchive-c starts ldconfig and a compiler to look for the library.
        os.environ["LIBARCHIVE"] = soname
        try:
            from libarchive import ffi  # noqa: PLC0415 - 20 ms, and few messages hold such an archive
        except (ImportError, AttributeError) as error:
            raise OSError(f"{soname}: {error}") from error
        finally:
            del os.environ["LIBARCHIVE"]
            if before is not None:
                os.environ["LIBARCHIVE"] = before
        self.ffi: Any = ffi
        text, number = ctypes.c_char_p, ctypes.c_int
        try:
            # Not libarchive-c's own: those log warnings, forget which call they came from, and drop what it has read.
            self.next_header = self._call("archive_read_next_header2", number, POINTER, POINTER)
            self.data_block = self._call("archive_read_data_block", number, POINTER, POINTER, POINTER, POINTER)
            self.open_memory = self._call("archive_read_open_memory", number, POINTER, POINTER, ctypes.c_size_t)
            self.set_options = self._call("archive_read_set_options", number, POINTER, text)
            self.free = self._call("archive_read_free", number, POINTER)
            # And these it does not know.
            self.filter_code = self._call("archive_filter_code", number, POINTER, number)
            self.pathname_utf8 = self._call("archive_entry_pathname_utf8", text, POINTER)
            self.is_encrypted = self._call("archive_entry_is_encrypted", number, POINTER)
        except AttributeError as error:
            raise OSError(f"{soname}: {error}") from error
        self._uselocale: Callable[[int | None], int] = _uselocale()
        self._utf8 = _utf8_locale()

    def _call(self, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:  # noqa: ANN401 - types of ctypes
        call = self.ffi.libarchive[name]
        call.restype, call.argtypes = result, arguments
        return call  # type: ignore[no-any-return]

    def support(self, archive: int, what: str, named: str) -> bool:
        """Let ARCHIVE be read by the format or filter NAMED; where a filter is another program, say no."""
        call = self._call(f"archive_read_support_{what}_{named}", ctypes.c_int, POINTER)
        return bool(call(archive) == OK)

    @contextmanager
    def names_in_utf8(self) -> Iterator[None]:
        """Run libarchive's calls with UTF-8 as this thread's charset: in the C locale it loses every other name."""
        before = self._uselocale(self._utf8)
        try:
            yield
        finally:
            self._uselocale(before)


def version(soname: str) -> tuple[int, int, int]:
    """Return the version of the library SONAME. Raises OSError where it is not there."""
    try:
        number = ctypes.CDLL(soname).archive_version_number()
    except AttributeError as error:
        raise OSError(f"{soname}: {error}") from error
    return number // 1_000_000, number // 1000 % 1000, number % 1000


def _uselocale() -> Callable[[int | None], int]:
    call = ctypes.CDLL(None).uselocale
    call.restype, call.argtypes = ctypes.c_void_p, (ctypes.c_void_p,)
    return call


def _utf8_locale() -> int | None:
    """Make a locale whose charset is UTF-8 (POSIX, newlocale); None leaves the thread's as it is."""
    call = ctypes.CDLL(None).newlocale
    call.restype, call.argtypes = ctypes.c_void_p, (ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
    return next((found for name in UTF_8 if (found := call(LC_CTYPE_MASK, name, None))), None)
