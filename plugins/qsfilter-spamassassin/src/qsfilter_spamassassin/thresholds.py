"""From how many points above the required score on spam is kept back, for everybody or for some recipients.

Guarantees: the highest threshold that is reached decides, the safest action where two are equal; 0 is off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter import Action, ConfigError, options
from qsfilter.patterns import checked_address, matches_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

KEYS = {"discard": Action.DISCARD, "quarantine": Action.QUARANTINE, "reject": Action.REJECT}
"""Option → what is done."""
MOST_POINTS = 100_000.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Points above the required score for each action, for some recipients."""

    points: tuple[tuple[float, Action], ...]
    recipient: tuple[str, ...] = ()
    """Patterns; none for everybody."""

    def action(self, over: float) -> Action | None:
        """Return what is done with a message of OVER points above the required score; None if nothing."""
        reached = [(points, action) for points, action in self.points if points and over >= points]
        return max(reached)[1] if reached else None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What holds for one recipient."""

    thresholds: Thresholds
    subject_tag: str = ""
    tag: float = 0.0
    """Points above the required score from which the subject is tagged."""

    def tag_at(self, over: float) -> str:
        """Return the tag of a message of OVER points above the required score; empty for none."""
        return self.subject_tag if over >= self.tag else ""


def thresholds(table: Mapping[str, object], recipient: tuple[str, ...] = (), where: str = "") -> Thresholds:
    """Read the thresholds in TABLE; a key that is missing is off. Raises ConfigError, its text beginning with WHERE."""
    found: list[tuple[float, Action]] = []
    for key, action in KEYS.items():
        points = float(options.checked(table.get(key, 0.0), float, f"{where}{key}"))
        if not 0 <= points <= MOST_POINTS:
            raise ConfigError(f"{where}{key}: takes a number of points from 0 to {MOST_POINTS:g}")
        found.append((points, action))
    return Thresholds(tuple(found), recipient)


def of_recipients(table: Mapping[str, object]) -> Thresholds:
    """Read one table of the option `recipients`. Raises ConfigError."""
    for key in table:
        if key not in (*KEYS, "recipient"):
            raise options.unknown_key("recipients", key, (*KEYS, "recipient"))
    given = table.get("recipient")
    patterns = [given] if isinstance(given, str) else given
    if not isinstance(patterns, list | tuple) or not patterns or not all(isinstance(one, str) for one in patterns):
        raise ConfigError("recipients: recipient must be set, to an address or a list of them")
    return thresholds(table, tuple(checked_address(one, "recipients.recipient") for one in patterns), "recipients.")


def actions(
    over: float, recipients: Iterable[bytes], some: tuple[Thresholds, ...], usual: Callable[[bytes], Thresholds]
) -> dict[Action, list[bytes]]:
    """Return what is done with a message of OVER points, and for whom of RECIPIENTS.

    For each recipient the first of SOME whose patterns fit holds, else the thresholds that USUAL has for it.
    """
    found: dict[Action, list[bytes]] = {}
    for recipient in dict.fromkeys(recipients):
        mine = next((one for one in some if matches_address(recipient, one.recipient)), None)
        action = (mine or usual(recipient)).action(over)
        if action is not None:
            found.setdefault(action, []).append(recipient)
    return found
