"""The places that workers have: what belongs to whoever is there, and outlives it.

Guarantees: a worker is told to end once; a place stays empty for longer the sooner its workers die, up to
`LONGEST_PAUSE_SECONDS`; a plugin that ends workers while they start is left out for `SKIPPED_SECONDS`.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qsfilter.service.custody import Custody
from qsfilter.service.left_behind import OnFile
from qsfilter.service.worker import DRAIN, END

if TYPE_CHECKING:
    from qsfilter.filter import Filter
    from qsfilter.service.configured import Configured

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 30.0
"""Between two starts of a worker in one place, where they end at once; it begins with the first and doubles."""
LASTED_SECONDS = 10.0
"""A worker that has lived for so long beyond the pause before it did not end at once."""
SKIPPED_SECONDS = 60.0
"""So long no worker starts a plugin that one has died of while it started."""


@dataclass
class Place:
    """One worker's place."""

    index: int
    custody: Custody = field(default_factory=Custody)
    pid: int = 0
    """Of its worker; 0 where the place is empty."""
    control: int = -1
    """The end of a pipe whose other one tells the worker to end."""
    killed: bool = False
    begin_at: float = 0.0
    """When the next worker may start, on `time.monotonic`."""
    _started: float = 0.0
    _pause: float = 0.0

    def enter(self, pid: int, control: int) -> None:
        """Let the worker PID have the place, whom CONTROL tells to end."""
        self.pid, self.control, self.killed, self._started = pid, control, False, time.monotonic()

    def leave(self) -> None:
        """Empty the place, whose worker has ended."""
        self.cut_off()
        self.pid = 0

    def rest(self, *, died: bool) -> None:
        """Let the place be empty for a while where its worker DIED soon after it started."""
        soon = time.monotonic() - self._started < self._pause + LASTED_SECONDS
        self._pause = min(LONGEST_PAUSE_SECONDS, 2 * self._pause or FIRST_PAUSE_SECONDS) if died and soon else 0.0
        self.begin_at = time.monotonic() + self._pause

    def cut_off(self) -> None:
        """Close our end of the pipe, which tells the worker to end if no other process holds it."""
        if self.control >= 0:
            os.close(self.control)
            self.control = -1

    def end(self, word: bytes) -> None:
        """Tell the worker WORD, which is DRAIN or END, if it was told nothing yet."""
        if self.control >= 0:
            with suppress(BrokenPipeError):  # it has died, and that was not seen yet
                os.write(self.control, word)
            self.cut_off()

    def kill(self) -> None:
        """Kill the worker, once; it was not waited for yet, so the number is still its own."""
        if self.pid and not self.killed:
            self.killed = True
            os.kill(self.pid, signal.SIGKILL)


class Generation:
    """The places of one configuration."""

    def __init__(self, found: Configured, folder: str) -> None:
        """Make the places that FOUND says; FOLDER tells the next service what is left if this one is killed."""
        self.configured = found
        self._on_file = OnFile(folder, found.service.workers)
        self.slots = self._on_file.slots
        self.places = [Place(index) for index in range(found.service.workers)]
        self.ending = False
        self._skipped: dict[str, tuple[str, float]] = {}
        """Plugins that ended a worker while they started, why, and until when they are not started."""

    @property
    def is_over(self) -> bool:
        """Whether all its workers were told to end, and have."""
        return self.ending and not any(place.pid for place in self.places)

    def end(self, *, drain: bool = False) -> None:
        """Tell all workers to end, and first to serve who waits if DRAIN says so; no other ones take their places."""
        self.ending = True
        for place in self.places:
            place.end(DRAIN if drain else END)

    def close(self) -> None:
        """Close what is left when it is over."""
        for place in self.places:
            place.custody.close()
        self._on_file.forget()

    def skip(self, plugin: str, why: str) -> None:
        """Leave PLUGIN out of the next workers for a while; WHY is told with each message."""
        self._skipped[plugin] = (why, time.monotonic() + SKIPPED_SECONDS)

    def chosen(self) -> Filter:
        """Return what a worker that starts now examines with."""
        now = time.monotonic()
        skipped = {name: why for name, (why, until) in self._skipped.items() if now < until}
        chosen = self.configured.chosen
        return chosen.skipping(skipped) if skipped else chosen
