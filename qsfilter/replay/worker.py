"""The process that examines: takes units, says which case it begins, answers with what became of it.

Guarantees: it has the timers and the bound on memory that the queue wrapper has; what plugins print goes to standard
error; it ends when the process that started it is gone.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qsfilter.errors import QsfilterError
from qsfilter.memory import bound_memory
from qsfilter.queue.alarm import Alarm
from qsfilter.replay.corpus import Case, built_elsewhere
from qsfilter.replay.expectations import Expectations
from qsfilter.replay.results import Result, replay

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from qsfilter.filter import Filter
    from qsfilter.replay.corpus import Unit
    from qsfilter.replay.settings import Given

PR_SET_PDEATHSIG = 1
LOOK_SECONDS = 5.0
"""Between two looks whether the process that started this one is still there."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The plugins are started."""

    seconds: float
    """That one case may take, for all configurations."""
    broken: tuple[tuple[str, str], ...]
    """Plugins that failed to start, and why."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A configuration can't be used."""

    error: QsfilterError


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of the case that was told last."""

    results: tuple[Result, ...]
    """One for each configuration; none where there is no case."""
    last: bool
    """The unit has no more cases."""


def work(pipe: Connection, make: Callable[[], tuple[Filter, ...]], given: Given) -> None:
    """Examine what comes on PIPE until nobody is there any more; MAKE and GIVEN as in `Replay`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    parent = os.getppid()
    _end_with_parent()
    try:
        filters = make()
        for chosen in filters:
            chosen.start()
    except QsfilterError as error:
        pipe.send(Refused(error))
        return
    broken = {name: why.detail for chosen in filters for name, why in (chosen.setup.broken or {}).items()}
    bound_memory(max(chosen.limits.memory_bytes for chosen in filters))
    pipe.send(Ready(sum(chosen.limits.seconds for chosen in filters), tuple(broken.items())))
    alarm, expectations = Alarm(), Expectations()
    while True:
        while not pipe.poll(LOOK_SECONDS):
            if os.getppid() != parent:
                return
        try:
            unit, done = pipe.recv()
        except EOFError:
            return
        _examine(pipe, unit, done, filters, given, alarm, expectations)


def _end_with_parent() -> None:
    """Ask Linux to kill this process when the one that started it ends; elsewhere it ends when it has nothing to do."""
    import ctypes  # noqa: PLC0415 - needed here alone

    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


def _examine(
    pipe: Connection,
    unit: Unit,
    done: int,
    filters: tuple[Filter, ...],
    given: Given,
    alarm: Alarm,
    expectations: Expectations,
) -> None:
    """Examine the cases of UNIT but for those that are DONE, and tell of each that it begins and what became of it."""
    if unit.is_module:  # building may hang or end this process, too
        pipe.send(Case(name=unit.name, form="", build=built_elsewhere, expect=unit.expect))
    for number, case in enumerate(unit.cases()):
        if number < done:
            continue
        bare = case.without_message()
        pipe.send(bare)
        results: list[Result] = []
        for chosen in filters:
            result = replay(chosen, case, given=given, guard=alarm, expectations=expectations)
            results.append(replace(result, case=bare))
        pipe.send(Answered(tuple(results), last=not unit.is_module))
    if unit.is_module:
        pipe.send(Answered((), last=True))
