"""Opens TNEF (MS-OXTNEF), the winmail.dat of Outlook: attachments, bodies and embedded messages.

Guarantees: told by content; every name that a reader may show goes to the rules; what stands behind a wrong length is
looked for and scanned, and the content is UNSCANNABLE; a wrong checksum hides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter import About, __version__, hookimpl, plugin
from qsfilter_tnef import attributes as tnef
from qsfilter_tnef.faults import Faults
from qsfilter_tnef.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Child, Context, Finding, Part


@plugin
class Tnef:
    """Members of a TNEF stream (winmail.dat), found by content."""

    opens = frozenset({"tnef"})

    @hookimpl
    def about(self) -> About:
        """Say name and version."""
        return About(name="tnef", version=__version__)

    @hookimpl
    def unpack(self, part: Part, ctx: Context) -> Iterator[Child | Finding]:
        """Yield each body and attachment of PART."""
        start, end = part.blob.span
        if part.blob.base[start : min(start + 4, end)] != tnef.SIGNATURE:
            return
        faults = Faults(ctx.limits.members)
        yield from Stream(part, faults, ctx).members()
        yield from faults.findings(part)
