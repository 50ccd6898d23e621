"""The crew: all workers there are, those of the configuration in force and those of the ones before, who finish.

Guarantees: each place has one worker at most, and gets the next one without the machine being taken by workers that die
at once; a worker has nothing of the master's or of another worker's; one that does not come back in time is killed.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from qsfilter.service.log import log
from qsfilter.service.places import Generation
from qsfilter.service.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter.service.configured import Configured
    from qsfilter.service.custody import InHand
    from qsfilter.service.listening import Listening
    from qsfilter.service.places import Place
    from qsfilter.service.signals import Signals

FORK_AGAIN_SECONDS = 1.0
"""After a fork that the machine refused."""


class Crew:
    """Workers that take messages from one listening socket."""

    def __init__(self, signals: Signals, listening: Listening, folder: str) -> None:
        """Keep in FOLDER what the workers are at."""
        self._folder = folder
        self._signals = signals
        self._listening = listening
        self.generations: list[Generation] = []
        """The last one serves by the configuration in force."""

    def serve_by(self, found: Configured) -> None:
        """Let new workers serve by FOUND, and those there are end."""
        before = self.generations[-1:]
        self.generations.append(Generation(found, self._folder))
        self.fill()
        for generation in before:
            generation.end()

    def fill(self) -> None:
        """Start a worker in each empty place, unless the one before ended only just now; forget who is over."""
        for generation in self.generations:
            for place in generation.places:
                if not place.pid and not generation.ending and time.monotonic() >= place.begin_at:
                    self.start(generation, place)
        for generation in self.generations[:]:
            if generation.is_over:
                self.generations.remove(generation)
                generation.close()

    def place_of(self, pid: int) -> tuple[Generation, Place] | None:
        """Return where the worker PID is, if it is one."""
        found = ((generation, place) for generation in self.generations for place in generation.places)
        return next((both for both in found if both[1].pid == pid), None)

    def start(self, generation: Generation, place: Place, held: InHand | None = None) -> bool:
        """Fork a worker into PLACE, which examines what is HELD first; return whether the machine allows it."""
        generation.slots.all[place.index].clear()
        try:
            read, control = os.pipe2(os.O_CLOEXEC)
            try:
                pid = self.fork(lambda: self._work(generation, place, (read, control), held), place)
            except OSError:
                os.close(read)
                os.close(control)
                raise
        except OSError as error:
            log(f"no worker can be started, tried again in {FORK_AGAIN_SECONDS:.0f} s: {error.strerror}")
            place.begin_at = time.monotonic() + FORK_AGAIN_SECONDS
            return False
        os.close(read)
        if held is not None:
            held.close()
        place.enter(pid, control)
        if generation.ending:
            place.cut_off()
        return True

    def fork(self, work: Callable[[], int], own: Place | None = None) -> int:
        """Let a child do WORK and end with the code that returns; OWN is the place it has. Return its process number.

        Raises OSError where the machine refuses; nothing is ever raised in the child.
        """
        pid = self._signals.fork()
        if pid:
            return pid
        code = 1
        try:
            self._listening.forked()
            for generation in self.generations:
                for place in generation.places:
                    place.cut_off()  # or they would not see that the master is gone
                    if place is not own:
                        place.custody.close()
            code = work()
        finally:
            os._exit(code)

    def _work(self, generation: Generation, place: Place, control: tuple[int, int], held: InHand | None) -> int:
        """Be a worker; return the exit code of the process."""
        told, telling = control
        os.close(telling)
        try:
            found = generation.configured
            worker = Worker(
                generation.chosen(), found.service, generation.slots, place.index, place.custody, found.trusted
            )
            worker.start()
            if held is not None:
                worker.again(held)
            worker.serve(self._listening.socket, told)
            worker.end()
        except BaseException as error:  # noqa: BLE001 - the master starts another one
            log(f"a worker ends: {type(error).__name__}: {error}")
            return 1
        return 0

    def kill_late(self, *, every: bool = False) -> None:
        """Kill the workers that did not come back in time, or EVERY one."""
        now = time.monotonic()
        for generation in self.generations:
            for place in generation.places:
                until = generation.slots.all[place.index].until
                if every or 0 < until < now:
                    place.kill()

    def pause(self, most: float) -> float:
        """Return the seconds until a place may be filled, MOST at the latest."""
        now = time.monotonic()
        waits = [place.begin_at - now for one in self.generations for place in one.places if not place.pid]
        return max(0.0, min([most, *(seconds for seconds in waits if seconds > 0)]))
