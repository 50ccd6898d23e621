"""The raw message without the coded bodies of its large leaves, which clamd is given decoded.

Guarantees: nothing is left out but what the MIME reader has decoded as every reader does, and what is decoded is among
the contents that are sent or named as too large; header fields, texts and delimiters all stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter import Blob

if TYPE_CHECKING:
    from qsfilter import Message

LEAST = 4096
"""Octets of a coded body that are worth leaving out. Below that clamd takes as long for the text with it as without
(it takes 0.3 ms for anything), and a signature on the raw text of a small script still fires."""
MOST_SHRUNK = 4
"""No coding makes more octets of one: where more is gone, something else stood there, and it stays."""


def skeleton(message: Message) -> Blob:
    """Return the raw MESSAGE without its large coded bodies; its own blob where there are none."""
    root = message.root.blob
    if root.size <= LEAST:
        return root
    spans = _spans(message)
    if not spans:
        return root
    first, last = root.span
    content = memoryview(root.base)[first:last]
    kept: list[memoryview] = []
    at = 0
    for start, end in spans:
        if start >= at:
            kept.append(content[at:start])
            at = end
    kept.append(content[at:])
    return Blob(b"".join(kept))


def _spans(message: Message) -> list[tuple[int, int]]:
    """Return where the large coded bodies lie in the raw message, in order."""
    places: dict[tuple[tuple[int, str], ...], int] = {(): 0}
    """Steps of each part that stands verbatim in the raw message → where."""
    found: list[tuple[int, int]] = []
    size = message.root.blob.size
    for part in message.parts[1:]:
        steps = part.path.steps
        parent = places.get(steps[:-1])
        if parent is None or steps[-1][1]:  # in another reading
            continue
        if part.span is not None:
            places[steps] = parent + part.span[0]
        elif part.coded is not None and not part.shadow:
            start, end = parent + part.coded[0], parent + part.coded[1]
            if end - start > LEAST and part.blob.size * MOST_SHRUNK >= end - start and end <= size:
                found.append((start, end))
    return sorted(found)
