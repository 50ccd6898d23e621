"""The `parse` plugin that reads MIME; it is part of every Filter and can't be switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.hookspecs import hookimpl, plugin
from qsfilter.mime.reader import read_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.context import Context
    from qsfilter.model import Child, Finding, Part


@plugin
class MimeReader:
    """Messages and multiparts (RFC 5322, RFC 2045 to 2049)."""

    @hookimpl
    def parse(self, part: Part, ctx: Context) -> Iterator[Child | Finding]:
        """Yield the entities inside PART."""
        return read_part(part, ctx.limits)
