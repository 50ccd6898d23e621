"""The trial of a new configuration: it is loaded and its plugins are started in a process of its own first.

Guarantees: what is tried is what is taken, whatever the file has by then; a plugin that kills, ends or hangs there
harms nobody; why a configuration can't be used is logged; what is announced during a trial is tried after it.
"""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from qsfilter.edge import read
from qsfilter.errors import QsfilterError
from qsfilter.service import configured
from qsfilter.service.log import log
from qsfilter.service.signals import how_it_ended

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter.edge import Source

TRIAL_SECONDS = 120.0
UNUSABLE = "the new configuration can't be used, the one before goes on"
TRIED_WELL, TOLD_WHY = 77, 78
"""Exit codes of a trial; another one is that of a plugin that ends the process."""


class Trial:
    """Tries one configuration at a time."""

    def __init__(self, path: str | None, fork: Callable[[Callable[[], int]], int]) -> None:
        """Try what the file at PATH has; FORK lets a child do what it is given, and returns its process number."""
        self._path = path
        self._fork = fork
        self.pid = 0
        """Of the process that tries; 0 where none does."""
        self._source: Source
        self._until = 0.0
        self._announced = False
        """Whether a new configuration was announced while the one before it was tried."""
        self._stopped = False

    def begin(self) -> None:
        """Try the configuration as it is now, or when the trial under way has ended."""
        if self.pid:
            self._announced = True
            return
        self._announced = False
        self._until = time.monotonic() + TRIAL_SECONDS
        try:
            source = self._source = read(self._path)
            self.pid = self._fork(lambda: _tried(source))
        except Exception as error:  # noqa: BLE001 - a file can be anything, and the mail goes on
            log(f"{UNUSABLE}: {error}")

    def ended(self, status: int) -> Source | None:
        """Return the configuration if it can be used, now that the process has ended with STATUS."""
        self.pid = 0
        if self._stopped:
            return None
        code = os.waitstatus_to_exitcode(status)
        if code == TRIED_WELL:
            return self._source
        if code != TOLD_WHY:
            log(f"{UNUSABLE}: its trial {how_it_ended(status)}")
        return None

    def go_on(self) -> None:
        """Try what was announced during the last trial."""
        if self._announced:
            self.begin()

    def kill_late(self) -> None:
        """Kill the process that takes too long."""
        if self.pid and time.monotonic() > self._until:
            os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """End it; nothing comes of it."""
        self._stopped, self._announced, self._until = True, False, 0.0
        self.kill_late()


def _tried(source: Source) -> int:
    """Load the configuration SOURCE and start its plugins; return the exit code that says what came of it."""
    try:
        configured.ready(source).chosen.start()
    except QsfilterError as error:
        log(f"{UNUSABLE}: {error}")
    except BaseException as error:  # noqa: BLE001 - whatever a plugin does there
        log(f"{UNUSABLE}: {type(error).__name__}: {error}")
    else:
        return TRIED_WELL
    return TOLD_WHY
