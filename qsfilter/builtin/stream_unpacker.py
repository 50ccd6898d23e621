"""Opens files that one compressor made of one file: gzip, bzip2, xz, .lzma, and zstd where a library for it is there.

Guarantees: all streams of a file are read, as one content and each for itself; what a broken or endless one gave is
scanned, and it is never clean; what stands behind the streams is a part of its own; no content is held twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.hookspecs import hookimpl, plugin
from qsfilter.model import Problem
from qsfilter.streams.zstd_library import library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.context import Context
    from qsfilter.model import Child, Container, Finding, Part

FORMATS = frozenset({"gzip", "bzip2", "xz", "lzma", "zstd"})


@plugin
class StreamUnpacker:
    """The content of compressed files, found by content; what a broken stream gave before it broke is scanned."""

    @property
    def opens(self) -> frozenset[str]:
        """The formats for which there is a library."""
        return FORMATS if library() else FORMATS - {"zstd"}

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Look for the library that reads zstd."""
        if not library():
            mend = "install the package zstandard (Debian: python3-zstandard), or use Python 3.14"
            yield Problem(text="there is no library for zstd, so such attachments stay closed", mend=mend, fatal=False)

    @hookimpl
    def unpack(self, part: Part, containers: tuple[Container, ...], ctx: Context) -> Iterator[Child | Finding]:
        """Yield what the streams at the start of PART hold together, then each of several, then what follows them."""
        from qsfilter.streams.reading import read_streams  # noqa: PLC0415 - few messages hold one

        for kind, offset in containers:
            if not offset and kind in self.opens:
                yield from read_streams(kind, part, ctx)
