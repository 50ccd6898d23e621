"""Opens zip archives (APPNOTE.TXT) by every view that a reader may take of them; `qsfilter.zip` reads.

Guarantees: names go to the rules even where the content is encrypted or broken; what can't be read is UNSCANNABLE, and
what was read before is scanned; nothing is written anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.hookspecs import hookimpl, plugin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.context import Context
    from qsfilter.model import Child, Container, Finding, Part


@plugin
class ZipUnpacker:
    """Members of a zip archive, found by content."""

    opens = frozenset({"zip"})

    @hookimpl
    def unpack(self, part: Part, containers: tuple[Container, ...], ctx: Context) -> Iterator[Child | Finding]:
        """Yield each member of PART, under every name and with every content that some reader has for it."""
        from qsfilter.zip.reader import read_archive  # noqa: PLC0415 - few messages hold a zip

        yield from read_archive(part, containers, ctx)
