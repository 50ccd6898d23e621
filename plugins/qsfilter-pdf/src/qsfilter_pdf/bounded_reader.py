"""pypdf's reader with a bound on what it keeps: every object that was read, and what object streams inflate to.

Guarantee: streams that lie in each other, or inflate without end, raise LimitReachedError; nothing inflated is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pypdf import PdfReader
from pypdf.errors import LimitReachedError
from pypdf.generic import StreamObject

if TYPE_CHECKING:
    from io import BytesIO

MOST_INFLATED = 256 << 20
"""Bytes in all object streams together."""


class BoundedReader(PdfReader):
    """A reader that keeps at most MOST bytes of streams; in an honest document they have no octet in common."""

    def __init__(self, file: BytesIO, most: int) -> None:
        """Read FILE. Raises what pypdf raises."""
        self._left = most
        self._inflated = 0
        super().__init__(file, strict=False)

    def cache_indirect_object(self, generation: int, idnum: int, obj: Any) -> Any:  # noqa: ANN401 - pypdf's objects
        """Keep OBJ. Raises LimitReachedError."""
        if isinstance(obj, StreamObject):
            self._left -= len(obj._data)  # noqa: SLF001 - pypdf has no public way to the bytes that are in the file
            if self._left < 0:
                raise LimitReachedError("its streams lie in each other")
        return super().cache_indirect_object(generation, idnum, obj)

    def _get_object_from_stream(self, indirect_reference: Any) -> Any:  # noqa: ANN401 - as above
        """Read an object in an object stream, and all others in it; what that inflates to isn't needed any more."""
        found = super()._get_object_from_stream(indirect_reference)
        stream = self.cache_get_indirect_object(0, self.xref_objStm[indirect_reference.idnum][0])
        if isinstance(stream, StreamObject) and stream.decoded_self is not None:
            self._inflated += len(stream.decoded_self.get_data())
            stream.decoded_self = None
            if self._inflated > MOST_INFLATED:
                raise LimitReachedError(f"object streams of more than {MOST_INFLATED} bytes")
        return found
