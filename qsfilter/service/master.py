"""The master: forks the workers, watches over them, and has a message that one of them died of examined again.

Guarantees: it looks at no mail and asks no plugin but to load the configuration; a worker that does not come back in
time is killed; its message is then examined by a fresh worker that does not ask the plugin it died of, at most
`MOST_DEATHS` times, and else the front is told to try again later; no loop of dying workers takes the machine.
"""

from __future__ import annotations

import os
import select
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from qsfilter.edge import read
from qsfilter.errors import QsfilterError
from qsfilter.queue import contract, protocol
from qsfilter.queue.alarm import GRACE_SECONDS
from qsfilter.service import configured
from qsfilter.service.custody import Custody
from qsfilter.service.front_call import FrontCall
from qsfilter.service.listening import Listening, notify
from qsfilter.service.log import log
from qsfilter.service.slots import Slots
from qsfilter.service.worker import DRAIN, END, Worker

if TYPE_CHECKING:
    from qsfilter.service.configured import Configured
    from qsfilter.service.custody import InHand

MOST_DEATHS = 2
"""Workers that one message may kill before its sender is told to try again later."""
TICK_SECONDS = 1.0
"""How often it is looked whether a worker is late."""
LONGEST_PAUSE_SECONDS = 30.0
"""Between two starts of a worker in one place, where they end at once; it begins with a tenth and doubles."""
TRIAL_SECONDS = 120.0
SKIPPED_SECONDS = 60.0
"""So long no worker starts a plugin that one has died of while it started."""
FORK_AGAIN_SECONDS = 1.0
"""After a fork that the machine refused."""
UNUSABLE = "the new configuration can't be used, the one before goes on"
TRIED_WELL, TOLD_WHY = 77, 78
"""Exit codes of a trial; another one is that of a plugin that ends the process."""
STARTING = ("start", "about")
"""Hooks that are asked before the first message."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


@dataclass
class Place:
    """One worker's place: what belongs to whoever is there."""

    index: int
    custody: Custody = field(default_factory=Custody)
    pid: int = 0
    control: int = -1
    """The end of a pipe whose other one tells the worker to end."""
    started: float = 0.0
    pause: float = 0.0
    begin_at: float = 0.0
    killed: bool = False


class Generation:
    """The workers of one configuration."""

    def __init__(self, found: Configured) -> None:
        self.configured = found
        self.slots = Slots(found.service.workers)
        self.places = [Place(index) for index in range(found.service.workers)]
        self.ending = False
        self.skipped: dict[str, tuple[str, float]] = {}
        """Plugins that ended a worker while they started, why, and until when they are not started."""


class Master:
    """Runs until it is told to stop."""

    def __init__(self, path: str | None, last_good: str) -> None:
        """Serve by the configuration at PATH; LAST_GOOD is the folder that keeps the last good one."""
        self._path = path
        self._last_good = last_good
        self._generations: list[Generation] = []
        self._stopping = False
        self._changed = False
        """Whether a new configuration was announced while the one before it was tried."""
        self._trial = 0
        self._trial_until = 0.0
        self._killed_at = float("inf")

    def run(self) -> int:
        """Serve, and return the exit code of the process. Raises QsfilterError where it can't begin."""
        found = configured.load_at_start(self._path, self._last_good)
        self._listening = Listening(found.service.socket, found.service.waiting)
        self._wake, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        for number in SIGNALS:
            signal.signal(number, lambda *_: None)
        configured.keep(found, self._last_good)
        self._generations = [Generation(found)]
        self._fill()
        log(f"serving at {found.service.socket} with {found.service.workers} workers")
        notify("READY=1")
        waiting = select.poll()
        waiting.register(self._wake, select.POLLIN)
        while self._generations:
            waiting.poll(self._pause() * 1000)
            self._heed(self._signals())
            self._reap()
            self._look()
            self._fill()
        self._listening.leave()
        log("stopped")
        return 0

    # --- signals ----------------------------------------------------------------------------------------------------

    def _signals(self) -> set[int]:
        try:
            return set(os.read(self._wake, 512))
        except BlockingIOError:
            return set()

    def _heed(self, numbers: set[int]) -> None:
        if numbers & {signal.SIGTERM, signal.SIGINT} and not self._stopping:
            self._stop()
        elif signal.SIGHUP in numbers and not self._stopping:
            if self._trial:
                self._changed = True
            else:
                self._try()

    def _stop(self) -> None:
        """Let every worker finish what it has in hand and what waits for it."""
        log("stopping")
        notify("STOPPING=1")
        self._stopping = True
        self._listening.leave()
        most = max(generation.configured.chosen.limits.seconds for generation in self._generations)
        self._killed_at = time.monotonic() + most + 2 * GRACE_SECONDS
        for generation in self._generations:
            # Who waits at a socket of systemd's is served by the next one who gets it.
            self._end(generation, drain=self._listening.is_ours)
        if self._trial:
            os.kill(self._trial, signal.SIGKILL)

    def _end(self, generation: Generation, *, drain: bool = False) -> None:
        """Tell the workers of GENERATION to end, and first to serve who waits if DRAIN says so."""
        generation.ending = True
        for place in generation.places:
            if place.control >= 0:
                with suppress(BrokenPipeError):  # it has died, and that was not seen yet
                    os.write(place.control, DRAIN if drain else END)
                os.close(place.control)
                place.control = -1

    # --- configuration ----------------------------------------------------------------------------------------------

    def _try(self) -> None:
        """Load the new configuration and start its plugins in a process of its own first."""
        self._trial_until = time.monotonic() + TRIAL_SECONDS
        try:
            self._tried_source = read(self._path)  # what is tried is what is taken, whatever the file has by then
            self._trial = _fork()
        except Exception as error:  # noqa: BLE001 - a file can be anything, and the mail goes on
            log(f"{UNUSABLE}: {error}")
            return
        if not self._trial:
            self._in_child()
            code = TOLD_WHY
            try:
                found = configured.ready(self._tried_source)
                found.chosen.start()
                code = TRIED_WELL
            except QsfilterError as error:
                log(f"{UNUSABLE}: {error}")
            except BaseException as error:  # noqa: BLE001 - whatever a plugin does there
                log(f"{UNUSABLE}: {type(error).__name__}: {error}")
            finally:
                os._exit(code)

    def _tried(self, status: int) -> None:
        """Take the new configuration, if the process that tried it has ended well."""
        self._trial = 0
        if self._stopping:
            return
        code = os.waitstatus_to_exitcode(status)
        if code == TRIED_WELL:
            self._take()
        elif code != TOLD_WHY:
            log(f"{UNUSABLE}: its trial {_ended(status)}")
        if self._changed:
            self._changed = False
            self._try()

    def _take(self) -> None:
        """Let new workers serve by the configuration that was tried, and those there are end."""
        try:
            found = configured.ready(self._tried_source)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it was good a moment ago
            log(f"{UNUSABLE}: {error}")
            return
        before = self._generations[-1]
        if found.service.socket != before.configured.service.socket:
            log("service.socket has changed; that needs a restart")
        self._listening.wait_for(found.service.waiting)
        configured.keep(found, self._last_good)
        self._generations.append(Generation(found))
        self._fill()
        self._end(before)
        log("serving by the new configuration")

    # --- workers ----------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """Start a worker in each empty place, unless the one before ended only just now."""
        for generation in self._generations:
            for place in generation.places:
                if not place.pid and not generation.ending and time.monotonic() >= place.begin_at:
                    self._start(generation, place)
        for generation in self._generations[:]:
            if generation.ending and not any(place.pid for place in generation.places):
                self._generations.remove(generation)
                for place in generation.places:
                    place.custody.close()

    def _start(self, generation: Generation, place: Place, held: InHand | None = None) -> bool:
        """Fork a worker into PLACE, which examines what is HELD first; return whether the machine allows it."""
        generation.slots.all[place.index].clear()
        try:
            read, control = os.pipe2(os.O_CLOEXEC)
            try:
                pid = _fork()
            except OSError:
                os.close(read)
                os.close(control)
                raise
        except OSError as error:
            log(f"no worker can be started, tried again in {FORK_AGAIN_SECONDS:.0f} s: {error.strerror}")
            place.begin_at = time.monotonic() + FORK_AGAIN_SECONDS
            return False
        if not pid:
            os.close(control)
            self._in_child(place)
            self._work(generation, place, read, held)
        os.close(read)
        if held is not None:
            held.close()
        place.pid, place.control, place.killed, place.started = pid, control, False, time.monotonic()
        if generation.ending:
            os.close(control)
            place.control = -1
        return True

    def _in_child(self, own: Place | None = None) -> None:
        """Give up what belongs to the master: its signals, and the pipes and custody of other workers."""
        signal.set_wakeup_fd(-1)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        os.close(self._wake)
        self._listening.forked()
        for generation in self._generations:
            for place in generation.places:
                if place.control >= 0:
                    os.close(place.control)  # or they would not see that the master is gone
                if place is not own:
                    place.custody.close()

    def _work(self, generation: Generation, place: Place, control: int, held: InHand | None) -> NoReturn:
        """Be a worker."""
        code = 1
        try:
            found = generation.configured
            now = time.monotonic()
            skipped = {name: why for name, (why, until) in generation.skipped.items() if now < until}
            chosen = found.chosen.skipping(skipped) if skipped else found.chosen
            worker = Worker(chosen, found.service, generation.slots, place.index, place.custody, found.trusted)
            worker.start()
            if held is not None:
                worker.again(held)
            worker.serve(self._listening.socket, control)
            code = 0
        except BaseException as error:  # noqa: BLE001 - the master starts another one
            log(f"a worker ends: {type(error).__name__}: {error}")
        finally:
            os._exit(code)

    def _reap(self) -> None:
        """See which processes have ended."""
        by_pid = {
            place.pid: (generation, place)
            for generation in self._generations
            for place in generation.places
            if place.pid
        }
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if pid == self._trial:
                self._tried(status)
            elif pid in by_pid:
                self._ended(*by_pid[pid], status)

    def _ended(self, generation: Generation, place: Place, status: int) -> None:
        """Empty PLACE, whose worker has ended with STATUS; have its message examined again."""
        slot = generation.slots.all[place.index]
        hook, plugin = slot.asked
        slot.clear()
        if place.control >= 0:
            os.close(place.control)
        lived = time.monotonic() - place.started
        place.pid, place.control = 0, -1
        why = "did not come back in time" if place.killed else _ended(status)
        if hook in STARTING:
            generation.skipped[plugin] = (f"a worker {why} when it started", time.monotonic() + SKIPPED_SECONDS)
        held = place.custody.take()
        if held is not None:
            self._again(generation, place, held, f"{hook} of {plugin}" if hook else "", why, plugin)
            return
        died = status or hook in STARTING  # code 0 is that of a plugin that ends the process
        if died:
            log(f"a worker {why}" + (f" in {hook} of {plugin}" if hook else ""))
        place.pause = min(LONGEST_PAUSE_SECONDS, 2 * place.pause or 0.1) if died and lived < place.pause + 10 else 0.0
        place.begin_at = time.monotonic() + place.pause

    def _again(self, generation: Generation, place: Place, held: InHand, asked: str, why: str, plugin: str) -> None:
        """Have HELD examined by a fresh worker in PLACE that does not ask PLUGIN, or tell its front to come again."""
        failures = {**held.failures, plugin: f"{asked.partition(' ')[0]}: the process {why}"}
        hopeless = not asked or plugin in held.failures or len(failures) > MOST_DEATHS
        hopeless = hopeless or held.deadline <= time.monotonic()
        log(
            f"a worker {why}"
            + (f" in {asked}" if asked else "")
            + ("; the message is deferred" if hopeless else "; the message is examined again without it")
        )
        if not hopeless and self._started(generation, place, held._replace(failures=failures)):
            return
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
        if self._start(generation, place, held):
            return True
        place.custody.clear()
        return False

    def _look(self) -> None:
        """Kill the workers that are late, and whatever is left when we are to stop."""
        now = time.monotonic()
        for generation in self._generations:
            for place in generation.places:
                until = generation.slots.all[place.index].until
                if place.pid and not place.killed and (0 < until < now or now > self._killed_at):
                    place.killed = True
                    os.kill(place.pid, signal.SIGKILL)  # not reaped yet, so the number is still its own
        if self._trial and now > self._trial_until:
            os.kill(self._trial, signal.SIGKILL)

    def _pause(self) -> float:
        """Return the seconds for which nothing has to be looked at."""
        now = time.monotonic()
        waits = [place.begin_at - now for one in self._generations for place in one.places if not place.pid]
        return max(0.0, min([TICK_SECONDS, *(seconds for seconds in waits if seconds > 0)]))


def _fork() -> int:
    """Fork; a signal to the child waits until `_in_child` has cut it off from the pipe that tells the master."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    pid = -1
    try:
        pid = os.fork()
    finally:
        if pid:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    return pid


def _ended(status: int) -> str:
    """Say how a process ended."""
    code = os.waitstatus_to_exitcode(status)
    return f"ended with code {code}" if code >= 0 else f"was killed by {signal.Signals(-code).name}"
