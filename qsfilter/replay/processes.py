"""Replays the units of a corpus in several processes, and gives back what became of them in the corpus's order.

Guarantees: a message that ends its process, by a signal or an exit, is an error of that message, and so is one that
hangs: its process is killed `limits.seconds` and a grace after it began; all others are examined. Few units and
results are in memory at a time. No process outlives the one that asks, however it ends.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import warnings
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import connection, get_context
from typing import TYPE_CHECKING

from qsfilter.errors import QsfilterError
from qsfilter.replay.corpus import Case
from qsfilter.replay.results import Result
from qsfilter.replay.worker import Answered, Ready, Refused, work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

    from qsfilter.filter import Filter
    from qsfilter.replay.corpus import Unit
    from qsfilter.replay.settings import Given

GRACE_SECONDS = 10.0
"""Behind `limits.seconds`; the timer within the process goes first where it can."""
START_SECONDS = 120.0
"""For reading the configuration and starting the plugins."""
QUEUED = 4
"""Units given to a process ahead, so that it never waits."""
AHEAD = 64
"""Units for each process between the first one that is not done and the last one that is given out."""
ENDS = 3
"""How often processes may end before their first message; then something else than a message is wrong."""

Answer = tuple[Result, ...]
"""One Result for each configuration."""


class WorkerError(QsfilterError):
    """A process that examines can't be started, or ends before it has taken a message."""


@dataclass(slots=True, eq=False)
class _Job:
    """One unit, and what has been answered about it."""

    number: int
    unit: Unit
    answers: list[Answer] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Process:
    process: ForkProcess
    pipe: Connection
    jobs: deque[_Job] = field(default_factory=deque)
    """Those that it was given; it works on the first one."""
    case: Case | None = None
    """What it works on; None while it starts, and between two units."""
    until: float = 0.0
    """When it is killed."""
    seconds: float = 0.0
    """For one case."""
    ready: bool = False
    told: str = ""
    """Why it was killed."""


class Replay:
    """Several processes, each with filters of its own."""

    def __init__(
        self,
        make: Callable[[], tuple[Filter, ...]],
        *,
        jobs: int,
        given: Given,
        broken: Callable[[str, str], None],
        grace: float = GRACE_SECONDS,
    ) -> None:
        """Let JOBS processes examine by the filters that MAKE returns, one for each configuration, called in each.

        BROKEN is called with the name of each plugin that does not start, once, and why. GRACE is in seconds. GIVEN as
        in `replay`.
        """
        self._make, self._jobs, self._given, self._grace = make, jobs, given, grace
        self._broken = broken
        self._named: set[str] = set()
        self._processes: list[_Process] = []
        self._again: deque[_Job] = deque()
        self._done: dict[int, _Job] = {}
        self._ended_early = 0

    def run(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, list[Answer]]]:
        """Yield each of UNITS, in order, with the answers about its cases.

        Raises WorkerError, and the ConfigError or PluginError of a configuration that can't be used.
        """
        waiting = enumerate(units)
        following, last, more = 0, -1, True
        try:
            while more or following <= last:
                while more and self._has_room() and last - following < AHEAD * self._jobs:
                    number, unit = next(waiting, (-1, None))
                    if unit is None:
                        more = False
                    else:
                        last = number
                        self._again.append(_Job(number, unit))
                        self._give()
                self._give()
                if any(one.jobs for one in self._processes):
                    self._listen()
                while following in self._done:
                    job = self._done.pop(following)
                    following += 1
                    yield job.unit, job.answers
        finally:
            for one in self._processes:
                one.process.kill()
                one.process.join()
                one.pipe.close()

    def _has_room(self) -> bool:
        return len(self._processes) < self._jobs or any(len(one.jobs) < QUEUED for one in self._processes)

    def _give(self) -> None:
        """Give what waits to whoever has least to do; a new process is made where all have something."""
        while self._again and self._has_room():
            least = min(self._processes, key=lambda one: len(one.jobs), default=None)
            if least is None or (least.jobs and len(self._processes) < self._jobs):
                least = self._start()
            job = self._again.popleft()
            if least.ready and not least.jobs:
                least.until = time.monotonic() + least.seconds
            least.jobs.append(job)
            with suppress(OSError):  # it has ended; `_listen` takes what it has still said first
                least.pipe.send((job.unit, len(job.answers)))

    def _start(self) -> _Process:
        context = get_context("fork")
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(theirs, self._make, self._given))
        with warnings.catch_warnings():
            # Python 3.12 and later warn of threads, which nothing here has; who calls may, and they stay behind.
            warnings.simplefilter("ignore", DeprecationWarning)
            sys.stdout.flush()
            process.start()
        theirs.close()
        made = _Process(process, ours, until=time.monotonic() + START_SECONDS)
        self._processes.append(made)
        return made

    def _listen(self) -> None:
        """Wait for an answer, an end or a time that is over."""
        now = time.monotonic()
        busy = [one for one in self._processes if one.jobs]
        for one in busy:
            if one.until <= now and not one.told:
                one.told = "it was not done in time" if one.ready else "plugins did not start in time"
                one.process.kill()
        soonest = min((one.until for one in busy if not one.told), default=now + START_SECONDS)
        pipes = {one.pipe: one for one in self._processes}
        for pipe in connection.wait(list(pipes), max(0.0, soonest - now)):
            one = pipes[pipe]  # type: ignore[index] # what was waited for is a Connection
            try:
                while True:
                    self._take(one, one.pipe.recv())
                    if not one.pipe.poll():
                        break
            except (EOFError, OSError):
                self._bury(one)

    def _take(self, one: _Process, told: object) -> None:
        """Note what the process ONE tells: that it is ready, what it begins with, an answer, or the end of a unit."""
        if isinstance(told, Refused):
            raise told.error
        if isinstance(told, Ready):
            one.ready, one.seconds = True, told.seconds + self._grace
            for name, why in told.broken:
                if name not in self._named:
                    self._named.add(name)
                    self._broken(name, why)
        elif isinstance(told, Case):
            one.case, one.until = told, time.monotonic() + one.seconds
            return
        elif isinstance(told, Answered):
            self._ended_early = 0
            job = one.jobs[0]
            if told.results:
                job.answers.append(told.results)
            if told.last:
                self._done[job.number] = one.jobs.popleft()
        one.case, one.until = None, time.monotonic() + one.seconds

    def _bury(self, one: _Process) -> None:
        """Turn the end of the process ONE into an error of what it worked on, and let others do the rest."""
        one.process.kill()
        one.process.join()
        one.pipe.close()
        self._processes.remove(one)
        why = one.told or f"it ended its process: {_ending(one.process.exitcode)}"
        if one.case is None:
            self._ended_early += 1
            if not one.ready or self._ended_early > ENDS:
                raise WorkerError(f"a process that examines ended early: {one.told or _ending(one.process.exitcode)}")
        else:
            self._ended_early = 0
            job = one.jobs[0]
            job.answers.append((Result(case=one.case, error=why),))
            if not one.case.form or not job.unit.is_module:  # there is no next case
                self._done[job.number] = one.jobs.popleft()
        self._again.extendleft(reversed(one.jobs))


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"exit status {code}"


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))
