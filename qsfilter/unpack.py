"""The unpack stage: a part is opened as an archive or another container, by its content, and yields its members.

Guarantees: one content is opened once, wherever it stands, so an archive that holds itself ends; a container for which
no unpacker is there is UNSCANNABLE(no-unpacker), never a clean leaf.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.sniff import containers, hides
from qsfilter.words import unscannable

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter.examination import Examination
    from qsfilter.model import Part
    from qsfilter.registry import Entry


def unpack(part: Part, examination: Examination, take: Callable[[object, Entry], None], opened: set[str]) -> None:
    """Ask who opens what PART looks like, unless its content is in OPENED; each Child is given to TAKE."""
    if part.blob.sha256 in opened:
        return
    opened.add(part.blob.sha256)
    # The raw message is not looked at: whatever it is beside its header is one of its parts, byte for byte.
    found = containers(part.blob) if part.path.steps else ()
    asked = examination.registry.unpackers(frozenset([one.kind for one in found]))
    examination.ask("unpack", take, part=part, among=asked, containers=found)
    hidden = hides(tuple(one for one in found if one.kind not in examination.registry.opens))
    if hidden:
        examination.record(unscannable("no-unpacker", part, f"no plugin opens {hidden}"), None, shadow=part.shadow)
