"""Counts what becomes of messages: by action, exit code, finding, plugin and rule, and how long each took.

Guarantees: what is counted is added to a store in one transaction, all or none, so that any number of processes count
exactly; nothing is counted that a process had only gathered when it was killed; a store that fails fails no mail, and
what was gathered is tried again with the next message; what senders and plugins choose can't make more than
`MOST_NAMES` series of one kind.
"""

from __future__ import annotations

import os
import time
from bisect import bisect_left
from typing import TYPE_CHECKING

from qsfilter.actions import Kind
from qsfilter.names import printable
from qsfilter.report import exit_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter.model import Report
    from qsfilter.store import Store

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper ends of the buckets of every histogram, in seconds; what takes longer is in one more."""
MOST_NAMES = 200
OTHER = "other"
"""The name of what comes after so many names."""
NAMELESS = "-"
LONGEST_NAME = 100
PATIENCE_SECONDS = 2.0
"""What the store of a process that counts should be made with: with the usual patience, of a hundred processes that
count at one moment a few do not get their turn."""
MOST_GATHERED = 20_000
"""Counters that wait for a store that fails; further ones are not begun."""
ENDS = (*(f"{end:g}" for end in BUCKETS), "+Inf")
SUM = "sum"
MICROSECONDS = 1_000_000

Key = tuple[str, str]
"""Space and name, as the store has them: `family TAB fixed labels`, and the labels that anybody may choose."""


class Counters:
    """The counters in one store, as one process adds to them."""

    def __init__(
        self,
        store: Store,
        *,
        messages: int = 1,
        seconds: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Add to STORE after so many MESSAGES, or with the first message after so many SECONDS."""
        self._store = store
        self._messages = messages
        self._seconds = seconds
        self._clock = clock
        self._process = os.getpid()
        self._gathered: dict[Key, int] = {}
        self._waiting = 0
        self._since = clock()

    def gathering(self, messages: int) -> Counters:
        """Return others that add to the same store after so many MESSAGES."""
        return Counters(self._store, messages=messages, seconds=self._seconds, clock=self._clock)

    @property
    def waits(self) -> bool:
        """Whether something is gathered that `flush` would write."""
        return bool(self._gathered) and self._process == os.getpid()

    def count(self, report: Report) -> None:
        """Count the message of REPORT, which is finished, and write if it is time to."""
        if self._process != os.getpid():  # what was gathered before the fork is the parent's to write
            self._process, self._gathered, self._waiting = os.getpid(), {}, 0
        for key, amount in _counts(report).items():
            if key in self._gathered or len(self._gathered) < MOST_GATHERED:
                self._gathered[key] = self._gathered.get(key, 0) + amount
        self._waiting += 1
        if self._waiting >= self._messages or self._clock() - self._since >= self._seconds:
            self.flush()

    def flush(self) -> bool:
        """Write what was gathered, and return whether nothing is left; for the end of a process, and where it idles."""
        if not self._gathered or self._process != os.getpid():
            return True
        self._waiting, self._since = 0, self._clock()
        self._store.wait_anew()
        if self._store.tally(self._gathered, most_names=MOST_NAMES, otherwise=OTHER):
            self._gathered = {}
        return not self._gathered

    def take_trouble(self) -> str:
        """Return what went wrong first with the store since this was last asked, on one line; empty for nothing."""
        return self._store.take_trouble()


def _counts(report: Report) -> dict[Key, int]:
    """Return what REPORT adds to each counter."""
    counts: dict[Key, int] = {}
    names: set[str] = set()

    def add(space: str, name: str = "", amount: int = 1) -> None:
        counts[space, name] = counts.get((space, name), 0) + amount

    def add_named(space: str, *labels: str) -> None:
        name = "\t".join(map(_clean, labels))
        # One message with thousands of names is bounded here, before the store bounds them all.
        if len(names) >= MOST_NAMES and name not in names:
            name = OTHER
        names.add(name)
        add(space, name)

    add(f"messages\t{report.decision.action}\t{exit_code(report)}")
    add("message_bytes", amount=report.message.root.blob.size)
    add(f"message_seconds\t{_bucket(report.seconds)}")
    add(f"message_seconds\t{SUM}", amount=_microseconds(report.seconds))
    for call in report.calls:
        plugin = _clean(call.plugin)
        add(f"hook_seconds\t{call.hook}\t{_bucket(call.seconds)}", plugin)
        add(f"hook_seconds\t{call.hook}\t{SUM}", plugin, _microseconds(call.seconds))
    for found in report.findings:
        add_named(f"findings\t{found.kind}", found.name)
        if found.kind is Kind.FAILURE:
            add_named("failures", found.source, found.name)
    for found in report.shadow:
        add_named(f"shadow_findings\t{found.kind}", found.name)
    for vote in report.verdicts:
        if not vote.shadow:
            add_named(f"votes\t{vote.action}", vote.source)
    return counts


def _bucket(seconds: float) -> str:
    return ENDS[bisect_left(BUCKETS, seconds)]


def _microseconds(seconds: float) -> int:
    return max(0, round(seconds * MICROSECONDS))


def _clean(name: str) -> str:
    """Return NAME without what does not print, not too long and not empty."""
    return printable(name[:LONGEST_NAME]) or NAMELESS
