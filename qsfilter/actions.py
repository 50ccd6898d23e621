"""Kinds of findings, actions on mail, how the actions of several recipients combine, and the codes they answer with.

Guarantees: the order of votes never matters (the safest action wins for a recipient); one deferred recipient defers
the whole message, so nothing is kept or queued twice; a permanent code is given only if every recipient is rejected.
The tables of the documentation are printed from here.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Kind(enum.StrEnum):
    """What sort of fact a finding is, the gravest first; that order decides which one a report leads with."""

    MALWARE = "malware"
    POLICY = "policy"
    SPAM = "spam"
    UNSCANNABLE = "unscannable"
    AMBIGUOUS = "ambiguous"
    FAILURE = "failure"
    IRREGULAR = "irregular"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Place in the order of gravity, 0 for the gravest."""
        return _RANKS[self]


_RANKS = {kind: rank for rank, kind in enumerate(Kind)}

UNSCANNABLE_NAMES = ("encrypted", "over-limit", "corrupt", "no-unpacker", "unknown-coding")
"""The names that an UNSCANNABLE finding can have: why its content could not be checked."""


class Action(enum.IntEnum):
    """What becomes of a message for one recipient; where opinions differ, the greatest wins."""

    ACCEPT = 0
    DISCARD = 1
    DEFER = 2
    QUARANTINE = 3
    REJECT = 4

    def __str__(self) -> str:
        """Name in lower case, as configuration and reports spell it."""
        return self.name.lower()


EXIT_CODES = {
    Action.ACCEPT: 0,
    Action.DISCARD: 0,
    Action.DEFER: 71,
    Action.QUARANTINE: 0,
    Action.REJECT: 31,
}
"""Action for the whole message → exit code in the plain dialect (`qmail.c`: 31 permanent, 71 temporary)."""

DEFAULT_ACTIONS: dict[str, tuple[Action, bool]] = {
    "malware": (Action.QUARANTINE, False),
    "policy": (Action.REJECT, True),
    "spam": (Action.ACCEPT, False),
    "unscannable": (Action.REJECT, True),
    "unscannable.encrypted": (Action.ACCEPT, False),
    "unscannable.no-unpacker": (Action.ACCEPT, False),
    "ambiguous": (Action.REJECT, True),
    "irregular": (Action.ACCEPT, False),
    "failure": (Action.DEFER, False),
    "failure.poison": (Action.QUARANTINE, False),
    "note": (Action.ACCEPT, False),
}
"""`kind` or `kind.name` → action and whether a durable copy is kept first (`keep = true`)."""


def combine(actions: Sequence[Action]) -> tuple[Action, ...]:
    """Settle the actions of all groups of recipients against each other; the message has one exit code.

    Any DEFER defers every group. A REJECT beside anything else becomes QUARANTINE, because a permanent code would
    also refuse the mail of the others. Everything else stays. The answer has the order of the argument.
    """
    if Action.DEFER in actions:
        return (Action.DEFER,) * len(actions)
    if all(action is Action.REJECT for action in actions):
        return tuple(actions)
    return tuple(Action.QUARANTINE if action is Action.REJECT else action for action in actions)


def overall(actions: Sequence[Action]) -> Action:
    """Name the one action that a report leads with; `actions` have been combined and are not empty."""
    return max(actions)
