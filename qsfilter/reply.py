"""The text that the SMTP client gets with a refusal or a deferral, in every dialect that takes one.

Guarantees: printable ASCII of at most MOST_OCTETS, whatever plugins, rules and senders chose; it names the finding or
the words of the rule that decided, the sender's own file name and the id in our log; never what a content or a header
field says, nor a file or path of the site's. What can't be said so is left out, and the answer stays the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.actions import Action

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsfilter.model import Disposition, Finding, Message, Name, Path

MOST_OCTETS = 250
"""The shortest dialect takes 255 with its letter."""
LONGEST_NAME = 60
MOST_PLACES = 20
"""Places of one finding that are tried for a name."""
ID_OCTETS = 16
"""Of the retry key; the log line, the header field and the quarantine know the message by them."""
SPOKEN = {Action.REJECT: "message refused", Action.DEFER: "try again later"}
_NO_FILE_NAMES = frozenset({"subject", "description", "location", "type"})
"""Sources of names that are the text of a header field or made up from one, and not given to a file by the sender."""


def reply(message: Message, wanted: Sequence[Disposition], answer: Action, key: str) -> str:
    """Say why MESSAGE is refused or deferred; nothing where ANSWER, the action for all recipients, is another.

    WANTED are the groups' dispositions before they were combined, KEY is the retry key.
    """
    if answer not in SPOKEN:
        return ""
    group = next((group for group in wanted if group.action is answer), wanted[0])
    led = min(group.because, key=_gravity, default=None)
    same = [found.part for found in group.because if led is not None and str(found) == str(led)]
    names = (_file_name(message, path) for path in same[:MOST_PLACES] if path is not None)
    name = next(filter(None, names), "")
    return composed(f"{SPOKEN[answer]}: {group.reason}", f' in "{name}"' if name else "", key)


def composed(text: str, place: str, key: str) -> str:
    """Join TEXT, cut where it is too long, PLACE, which is short printable ASCII, and the id that KEY begins with."""
    tail = place + (f" (id {_ascii(key[:ID_OCTETS])})" if key else "")
    room = MOST_OCTETS - len(tail)
    said = _ascii(text[: room + 1])
    return (said if len(said) <= room else f"{said[: room - 3]}...") + tail


def _ascii(text: str) -> str:
    return "".join(char if " " <= char <= "~" else "?" for char in text)


def _gravity(found: Finding) -> int:
    return found.kind.rank


def _file_name(message: Message, path: Path) -> str:
    """Return the first name of the part at PATH, or of the nearest named one around it; empty if it does not print."""
    by_steps = {part.path.steps: part for part in message.parts}
    for depth in range(len(path.steps), 0, -1):
        part = by_steps.get(path.steps[:depth])
        if part is not None and part.names:
            return _quotable(part.names[0])
    return ""


def _quotable(name: Name) -> str:
    text = name.text
    if name.source.rstrip("*~") in _NO_FILE_NAMES or not (text.isascii() and text.isprintable() and text.strip()):
        return ""
    quoted = text.replace('"', "'")
    return quoted if len(quoted) <= LONGEST_NAME else f"{quoted[: LONGEST_NAME - 3]}..."
