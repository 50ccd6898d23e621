"""The master: heeds signals, takes new configurations over, and has a message that a worker died of examined again.

Guarantees: it looks at no mail and asks no plugin but to load the configuration; a message whose worker dies or does
not come back is examined by a fresh worker that does not ask the plugin it died of, at most `MOST_DEATHS` times, and
else the front is told to try again later.
"""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from qsfilter.queue import contract, protocol
from qsfilter.queue.alarm import GRACE_SECONDS
from qsfilter.service import configured
from qsfilter.service.crew import Crew
from qsfilter.service.front_call import FrontCall
from qsfilter.service.left_behind import taken
from qsfilter.service.listening import Listening, notify
from qsfilter.service.log import log
from qsfilter.service.signals import Signals, how_it_ended
from qsfilter.service.trial import UNUSABLE, Trial

if TYPE_CHECKING:
    from qsfilter.edge import Source
    from qsfilter.service.custody import InHand
    from qsfilter.service.places import Generation, Place

MOST_DEATHS = 2
"""Workers that one message may kill before its sender is told to try again later."""
TICK_SECONDS = 1.0
"""How often it is looked whether a worker is late."""
STARTING = ("start", "about")
"""Hooks that are asked before the first message."""


class Master:
    """Runs until it is told to stop."""

    def __init__(self, path: str | None, last_good: str) -> None:
        """Serve by the configuration at PATH; LAST_GOOD is the folder that keeps the last good one."""
        self._path = path
        self._last_good = last_good
        self._stopping = False
        self._killed_at = float("inf")
        """When whoever is left is killed, on `time.monotonic`."""

    def run(self) -> int:
        """Serve, and return the exit code of the process. Raises QsfilterError where it can't begin."""
        found = configured.load_at_start(self._path, self._last_good)
        self._listening = Listening(found.service.socket, found.service.waiting)
        signals = Signals()
        self._crew = Crew(signals, self._listening, self._last_good)
        self._trial = Trial(self._path, self._crew.fork)
        configured.keep(found, self._last_good)
        for key, asked in taken(self._last_good):
            log(f"the service before was killed when it examined the message id={key[:16]}")
            _count(found, key, asked)
        self._crew.serve_by(found)
        log(f"serving at {found.service.socket} with {found.service.workers} workers")
        notify("READY=1")
        while self._crew.generations:
            self._heed(signals.wait(self._crew.pause(TICK_SECONDS)))
            self._reap()
            self._crew.kill_late(every=time.monotonic() > self._killed_at)
            self._trial.kill_late()
            self._crew.fill()
        self._listening.leave()
        log("stopped")
        return 0

    # --- signals ----------------------------------------------------------------------------------------------------

    def _heed(self, numbers: set[int]) -> None:
        if self._stopping:
            return
        if numbers & {signal.SIGTERM, signal.SIGINT}:
            self._stop()
        elif signal.SIGHUP in numbers:
            self._trial.begin()

    def _stop(self) -> None:
        """Let every worker finish what it has in hand and what waits for it."""
        log("stopping")
        notify("STOPPING=1")
        self._stopping = True
        self._listening.leave()
        most = max(generation.configured.chosen.limits.seconds for generation in self._crew.generations)
        self._killed_at = time.monotonic() + most + 2 * GRACE_SECONDS
        for generation in self._crew.generations:
            # Who waits at a socket of systemd's is served by the next one who gets it.
            generation.end(drain=self._listening.is_ours)
        self._trial.stop()

    def _reap(self) -> None:
        """See which processes have ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if pid == self._trial.pid:
                if (source := self._trial.ended(status)) is not None:
                    self._take(source)
                self._trial.go_on()
            elif (found := self._crew.place_of(pid)) is not None:
                self._ended(*found, status)

    # --- a new configuration ----------------------------------------------------------------------------------------

    def _take(self, source: Source) -> None:
        """Let new workers serve by the configuration SOURCE, which was tried, and those there are end."""
        try:
            found = configured.ready(source)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it was good a moment ago
            log(f"{UNUSABLE}: {error}")
            return
        before = self._crew.generations[-1].configured
        if found.service.socket != before.service.socket:
            log("service.socket has changed; that needs a restart")
        self._listening.wait_for(found.service.waiting)
        configured.keep(found, self._last_good)
        self._crew.serve_by(found)
        log("serving by the new configuration")

    # --- a worker that has ended ------------------------------------------------------------------------------------

    def _ended(self, generation: Generation, place: Place, status: int) -> None:
        """Empty PLACE, whose worker has ended with STATUS; have its message examined again."""
        slot = generation.slots.all[place.index]
        (hook, plugin), key = slot.asked, slot.key
        slot.clear()
        place.leave()
        why = "did not come back in time" if place.killed else how_it_ended(status)
        if hook in STARTING:
            generation.skip(plugin, f"a worker {why} when it started")
        held = place.custody.take()
        if held is not None:
            if not self._again(generation, place, held, hook, plugin, why):
                self._put_off(held)
                if key and not held.failures:  # else it is counted by the one who examined it again
                    _count(generation.configured, key, f"{hook} of {plugin}")
            return
        died = bool(status) or hook in STARTING  # code 0 is that of a plugin that ends the process
        if died:
            log(f"a worker {why}{_where(hook, plugin)}")
        place.rest(died=died)

    def _again(self, generation: Generation, place: Place, held: InHand, hook: str, plugin: str, why: str) -> bool:
        """Have HELD examined by a fresh worker in PLACE that does not ask PLUGIN, if there is hope."""
        failures = {**held.failures, plugin: f"{hook}: the process {why}"}
        hopeless = not hook or plugin in held.failures or len(failures) > MOST_DEATHS
        hopeless = hopeless or held.deadline <= time.monotonic()
        then = "deferred" if hopeless else "examined again without it"
        log(f"a worker {why}{_where(hook, plugin)}; the message is {then}")
        return not hopeless and self._started(generation, place, held._replace(failures=failures))

    @staticmethod
    def _put_off(held: InHand) -> None:
        """Tell the front of what is HELD to come again."""
        call = FrontCall(held.connection)
        try:
            call.answer(protocol.Answer(protocol.END, contract.DEFER, "try again later"))
        except OSError:
            log("its front is gone")
        finally:
            call.close()
            os.close(held.message)
            os.close(held.envelope)

    def _started(self, generation: Generation, place: Place, held: InHand) -> bool:
        """Start a worker for what is HELD; the message is in custody also while that worker starts its plugins."""
        try:
            place.custody.put(held)
        except OSError as error:
            log(f"a message can't be examined again: {error.strerror}")
            return False
        if self._crew.start(generation, place, held):
            return True
        place.custody.clear()
        return False


def _where(hook: str, plugin: str) -> str:
    return f" in {hook} of {plugin}" if hook else ""


def _count(found: configured.Configured, key: str, asked: str) -> None:
    """Let the poison guard of FOUND count that an attempt at the message KEY broke off when ASKED was asked."""
    if found.chosen.attempts is not None:
        found.chosen.attempts.broke_off(key, asked)
