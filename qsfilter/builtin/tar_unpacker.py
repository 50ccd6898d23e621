"""Opens tar archives of every dialect; `qsfilter.tar` reads.

Guarantees: the file is read to its last byte, end markers or not; every name that some reader gives a member goes to
the rules; nothing is created or followed; data is not copied but where a sparse file has holes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.hookspecs import hookimpl, plugin
from qsfilter.model import Container

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.context import Context
    from qsfilter.model import Child, Finding, Part


@plugin
class TarUnpacker:
    """Members of a tar archive, found by content."""

    opens = frozenset({"tar"})

    @hookimpl
    def unpack(self, part: Part, containers: tuple[Container, ...], ctx: Context) -> Iterator[Child | Finding]:
        """Yield each member of PART."""
        if Container("tar", 0) in containers:
            from qsfilter.tar.walk import read_tar  # noqa: PLC0415 - few messages hold one

            yield from read_tar(part, ctx)
