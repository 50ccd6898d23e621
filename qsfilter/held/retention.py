"""How long copies stay in quarantine, and which have to go: a computation over what is there, that removes nothing.

Guarantees: no copy that is younger than `min_days` goes, whatever the disk says; what everybody has been given goes
first, then the oldest, and no more than the bounds ask for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from qsfilter import options
from qsfilter.builtin.quarantine import BOXES
from qsfilter.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KEYS = ("keep_days", "min_days", "max_bytes", "min_free_bytes")
KEEP_DAYS = 30.0
DAY = 86400.0
LONGEST_DAYS = 100_000.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """Bounds on the quarantine."""

    keep_days: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(BOXES, KEEP_DAYS))
    """For each box, after how many days a copy goes; 0 for never."""
    min_days: float = 1.0
    """No copy goes that is younger."""
    max_bytes: int = 0
    """Size of all copies together; 0 for any."""
    min_free_bytes: int = 0
    """What has to be free on the file system; 0 for nothing."""


class Stored(NamedTuple):
    """The files of one copy."""

    box: str
    name: str
    time: float
    """When the newest of them was written, in seconds since the epoch."""
    size: int
    disk: int
    """What they take of the disk, in bytes."""
    files: tuple[tuple[str, tuple[int, int]], ...]
    """Path below the box, and inode and time of change by which a file that has been replaced is known."""
    released: bool = False
    """Everybody has been given it."""


def retention(table: Mapping[str, Any], where: str) -> Retention:
    """Read the bounds out of TABLE, which is `[quarantine]` of the file WHERE; other keys are not looked at.

    Raises ConfigError.
    """
    given = table.get("keep_days", KEEP_DAYS)
    place = f"{where}: quarantine.keep_days"
    if isinstance(given, dict):
        for box in given:
            if box not in BOXES:
                raise options.unknown_key(place, box, BOXES)
        keep = {box: _days(given.get(box, KEEP_DAYS), f"{place}.{box}") for box in BOXES}
    else:
        keep = dict.fromkeys(BOXES, _days(given, place))
    return Retention(
        keep_days=keep,
        min_days=_days(table.get("min_days", 1.0), f"{where}: quarantine.min_days"),
        max_bytes=_bytes(table.get("max_bytes", 0), f"{where}: quarantine.max_bytes"),
        min_free_bytes=_bytes(table.get("min_free_bytes", 0), f"{where}: quarantine.min_free_bytes"),
    )


def to_remove(stored: Iterable[Stored], bounds: Retention, now: float, free: int) -> list[tuple[Stored, str]]:
    """Return what of STORED has to go, and why: `age`, `size` or `disk`; FREE bytes are free on the disk at NOW."""
    gone: list[tuple[Stored, str]] = []
    left: list[Stored] = []
    for copy in sorted(stored, key=_order):
        days = bounds.keep_days.get(copy.box, 0.0)
        if days and now - copy.time > days * DAY and _may_go(copy, bounds, now):
            gone.append((copy, "age"))
        else:
            left.append(copy)
    total = sum(copy.size for copy in left)
    free += sum(copy.disk for copy, _ in gone)
    for copy in left:
        if not _may_go(copy, bounds, now):
            continue
        if bounds.max_bytes and total > bounds.max_bytes:
            why = "size"
        elif free < bounds.min_free_bytes:
            why = "disk"
        else:
            continue
        gone.append((copy, why))
        total -= copy.size
        free += copy.disk
    return gone


def _may_go(copy: Stored, bounds: Retention, now: float) -> bool:
    return now - copy.time >= bounds.min_days * DAY


def _order(copy: Stored) -> tuple[bool, float, str, str]:
    return not copy.released, copy.time, copy.box, copy.name


def _days(value: object, where: str) -> float:
    days: float = options.checked(value, float, where)
    if not 0 <= days <= LONGEST_DAYS:
        raise ConfigError(f"{where}: takes a number of days from 0 up")
    return days


def _bytes(value: object, where: str) -> int:
    number: int = options.checked(value, int, where)
    if number < 0:
        raise ConfigError(f"{where}: takes a number of bytes from 0 up")
    return number
