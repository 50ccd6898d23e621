"""The unpack stage: a part is opened as an archive or another container, by its content, and yields its members.

Guarantees: one content is opened once, wherever it stands, so an archive that holds itself ends; a container for which
no unpacker is there is UNSCANNABLE(no-unpacker), never a clean leaf.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.sniff import ONE_FILE, containers, hides
from qsfilter.words import unscannable

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter.examination import Examination
    from qsfilter.model import Container, Part
    from qsfilter.registry import Entry


def unpack(part: Part, examination: Examination, take: Callable[[object, Entry], None], opened: set[str]) -> None:
    """Ask who opens what PART looks like, unless its content is in OPENED; each Child is given to TAKE."""
    found: tuple[Container, ...] = ()
    # No container is looked for in the raw message itself: what it holds beside its header is a part, byte for byte.
    # Nor in a copy of a text without its NUL: an archive that is opened already would be a broken one there.
    if part.path.steps and part.origin != "charset":
        found = containers(part.blob)
        seen = part.blob.sha256
        if any(one.kind in ONE_FILE for one in found):  # under another name, another name comes out
            seen += "".join(name.text for name in part.names)
        if seen in opened:
            return
        opened.add(seen)
    asked = examination.registry.unpackers(frozenset([one.kind for one in found]))
    examination.ask("unpack", take, part=part, among=asked, containers=found)
    hidden = hides(tuple(one for one in found if one.kind not in examination.registry.opens))
    if hidden:
        examination.record(unscannable("no-unpacker", part, f"no plugin opens {hidden}"), None, shadow=part.shadow)
