"""Opens PDF documents by pypdf, within bounds of time and size, and with no program beside it.

Guarantee: the bounds hold inside a `with` and for this thread; nobody else's use of pypdf is changed.
"""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from qsfilter_pdf.walk import Met


def bounds() -> AbstractContextManager[object]:
    """Return the bounds in which pypdf may do anything at all; they hold for this thread, inside a `with`.

    Without the first it would start the program jbig2dec for whatever names that filter.
    """
    import pypdf  # noqa: PLC0415 - 50 ms, and few messages hold a PDF

    return pypdf.apply_configuration(jbig2dec_binary=None, disable_legacy_handling=True)


def bounded(walk: Iterator[Met]) -> Iterator[Met]:
    """Yield from WALK, each step in bounds: those of a generator would be its caller's as well."""
    while True:
        with bounds():
            met = next(walk, None)
        if met is None:
            return
        yield met


class _TimedFile(io.BytesIO):
    """A document in memory that ends pypdf's work in time: it seeks for each object, also where it repairs."""

    ends: float

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go there. Raises LimitReachedError, which pypdf lets pass, when time is up."""
        if time.monotonic() > self.ends:
            from pypdf.errors import LimitReachedError  # noqa: PLC0415 - 50 ms, and few messages hold a PDF

            raise LimitReachedError("no time left")
        return super().seek(offset, whence)


def catalog(data: bytes, ends: float) -> Any:  # noqa: ANN401 - pypdf's dictionary
    """Return the catalog of DATA, or None where it has a password; stop when ENDS comes. Raises what pypdf raises."""
    import pypdf  # noqa: PLC0415 - 50 ms, and few messages hold a PDF
    from pypdf.errors import PdfStreamError  # noqa: PLC0415 - 50 ms, and few messages hold a PDF
    from pypdf.generic import DictionaryObject  # noqa: PLC0415 - 50 ms, and few messages hold a PDF

    file = _TimedFile(data)
    file.ends = ends
    try:
        reader = pypdf.PdfReader(file, strict=False)
    except PdfStreamError:
        # Where its end is cut off, other readers look for the objects; pypdf does so where the table's place is wrong.
        file = _TimedFile(data + b"\nstartxref\n0\n%%EOF\n")
        file.ends = ends
        reader = pypdf.PdfReader(file, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return None
    root = reader.root_object
    if not isinstance(root, DictionaryObject):
        raise TypeError("its catalog is no dictionary")
    return root
