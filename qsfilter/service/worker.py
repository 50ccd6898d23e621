"""A worker: examines one message after the other, each with all that a queue wrapper does but the exec.

Guarantees: a message is in custody before the first plugin is asked; whatever goes wrong, the front is told a code that
means "try again later"; nothing is kept or handed over for a front that is gone; a worker that has grown, or has served
its share of messages, ends between two messages, and another takes its place.

It is longer than most modules because a message's way from the connection to the answer is read in one place.
"""

from __future__ import annotations

import errno
import gc
import os
import select
import time
from typing import TYPE_CHECKING

from qsfilter.attempts import Attempts
from qsfilter.errors import QsfilterError
from qsfilter.memory import bound_memory
from qsfilter.queue import contract, protocol
from qsfilter.queue.alarm import GRACE_SECONDS, Alarm
from qsfilter.queue.judged import CallerGone, judged
from qsfilter.queue.protocol import Answer
from qsfilter.service.custody import InHand
from qsfilter.service.front_call import ANSWER_SECONDS, REQUEST_SECONDS, FrontCall, NobodyAsked
from qsfilter.service.log import log
from qsfilter.service.message_in_hand import Answering, content_of, envelope_of
from qsfilter.service.own_process import bound_processor_time, resident
from qsfilter.transport import QmailQueue

if TYPE_CHECKING:
    import _socket

    from qsfilter.edge import Service
    from qsfilter.filter import Filter
    from qsfilter.model import Client, Report
    from qsfilter.queue.protocol import Request
    from qsfilter.service.custody import Custody
    from qsfilter.service.slots import Slots

BUSY = Answer(protocol.END, contract.DEFER, "try again later: the filter is busy")
HURRIED_SECONDS = 0.2
"""So long one who holds enough workers already has for a request, only to be told that we are busy."""
LOOK_SECONDS = 0.1
"""How often it is looked whether the front still waits, beside before each deed."""
COLLECT_EVERY = 200
COLLECT_AFTER = 16 << 20
"""Messages, and bytes of them, between two collections of garbage and looks at the memory: there they delay nobody."""
BROKEN_SECONDS = 30.0
"""So long a worker goes on in which a plugin did not start; the next one tries again."""
GATHERED = 50
FLUSH_SECONDS = 5.0
"""Messages that are counted with one write, and how long the last ones wait for it."""
DRAIN, END = b"d", b"e"
"""What a worker is told: to end when nobody waits any more, or after the message in hand."""
EPOLLEXCLUSIVE = 1 << 28


class Worker:
    """Takes messages from a listening socket until it is told to end."""

    def __init__(
        self, chosen: Filter, service: Service, slots: Slots, index: int, custody: Custody, trusted: frozenset[int]
    ) -> None:
        """Examine with CHOSEN, as SERVICE says; INDEX is our place in SLOTS, TRUSTED are numbers of users."""
        self._chosen = chosen
        self._service = service
        self._slots = slots
        self._slot = slots.all[index]
        self._custody = custody
        self._trusted = trusted
        self._alarm = Alarm()
        self._hook = ""
        self._served = 0
        self._uncollected = 0
        self._told: tuple[str, ...] = ()
        self._looked = 0.0
        if chosen.counters is not None:
            chosen.counters = chosen.counters.gathering(GATHERED)

    def start(self) -> None:
        """Start the plugins; call it once, in the worker's own process."""
        gc.disable()
        bound_memory(self._chosen.limits.memory_bytes)
        if self._chosen.attempts is None:
            self._chosen.attempts = Attempts("")
        self._chosen.attempts.watcher = self
        self._slot.until = time.monotonic() + self._chosen.limits.seconds + GRACE_SECONDS
        self._pid = os.getpid()
        with self._alarm(self._chosen.limits.seconds):
            self._chosen.start(self.asks)
        self._end_copy()
        self._slot.clear()
        for name, failure in (self._chosen.setup.broken or {}).items():
            log(f"plugin {name} does not start, tried again in {BROKEN_SECONDS:.0f} s: {failure.detail}")
        self._grown_from = resident()

    def serve(self, listening: _socket.socket, control: int) -> None:
        """Take messages from LISTENING until CONTROL says DRAIN or END, or is closed, which is END, too."""
        until = time.monotonic() + BROKEN_SECONDS if self._chosen.setup.broken else float("inf")
        with select.epoll() as waiting:
            waiting.register(control, select.EPOLLIN)
            # One of all who wait is woken, and not each of them for each message.
            waiting.register(listening.fileno(), select.EPOLLIN | EPOLLEXCLUSIVE)
            draining = False
            while not self._is_spent() and time.monotonic() < until:
                ready = [number for number, _ in waiting.poll(0 if draining else self._pause(until))]
                if not ready and self._chosen.counters is not None:
                    self._chosen.counters.flush()
                # First of all: no other worker is woken for a connection that we were woken for.
                if listening.fileno() in ready:
                    self._accept(listening)
                elif draining:
                    return
                if control in ready and not draining:
                    if os.read(control, 1) != DRAIN:
                        return
                    draining = True
                    waiting.unregister(control)

    def _pause(self, until: float) -> float | None:
        """Return for how many seconds nothing but a message has to be waited for; None for ever."""
        ends = [until - time.monotonic()] if until < float("inf") else []
        ends += [FLUSH_SECONDS] if self._chosen.counters is not None and self._chosen.counters.waits else []
        return max(0.0, min(ends)) if ends else None

    def end(self) -> None:
        """Write what was counted; call it when no message comes any more."""
        if self._chosen.counters is not None:
            self._chosen.counters.flush()

    def again(self, held: InHand) -> None:
        """Examine a message that another worker died of; the plugins in its failures are not asked.

        It is in custody already, as we may die of starting a plugin.
        """
        call = FrontCall(held.connection)
        try:
            request = call.take_over(held.request, (held.message, held.envelope))
            self._slot.held, self._slot.caller = request.size, held.caller
            self._slot.until = held.deadline + GRACE_SECONDS
            if self._chosen.attempts is not None:
                self._chosen.attempts.seen = held.seen
            self._refresh()  # the master knows the rules as they were when it read the configuration
            self._examine(call, self._chosen.skipping(held.failures), held)
        except (QsfilterError, OSError) as error:
            log(f"exit={contract.DEFER} error=a message that was examined again: {error}")
            self._custody.clear()  # else its front would wait, as the connection is in there, too
            _try_to_answer(call, Answer(protocol.END, contract.DEFER, "try again later"))
            if call.request is None:
                os.close(held.message)
                os.close(held.envelope)
        finally:
            call.close()
            self._slot.clear()
            if self._chosen.attempts is not None:
                self._chosen.attempts.seen = ""

    def _is_spent(self) -> bool:
        if self._served >= self._service.messages:
            return True
        if self._served % COLLECT_EVERY and self._uncollected < COLLECT_AFTER:
            return False
        gc.collect()
        self._uncollected = 0
        return resident() - self._grown_from > self._service.grown_bytes

    def _accept(self, listening: _socket.socket) -> None:
        try:
            descriptor, _ = listening._accept()  # type: ignore[attr-defined]  # noqa: SLF001 - `accept` is of `socket`
        except OSError:
            return  # another worker was faster, or the front is gone
        self._slot.until = time.monotonic() + REQUEST_SECONDS + GRACE_SECONDS
        call = FrontCall(descriptor)
        try:
            self._take(call)
        except NobodyAsked:
            pass
        except protocol.ProtocolError as error:
            log(f"exit={contract.DEFER} error={error}")
            self._slot.give_up()
            _try_to_answer(call, Answer(protocol.END, contract.DEFER, "try again later"))
        except OSError as error:
            log(f"exit={contract.DEFER} error=no request came: {error.strerror or error}")
        finally:
            call.close()
            self._served += 1
            self._slot.clear()

    def _take(self, call: FrontCall) -> None:
        """Take the request in and examine the message, unless too many others are being examined."""
        self._slot.caller = caller = call.caller()
        greedy = self._is_greedy(caller)
        request = call.receive(HURRIED_SECONDS if greedy else REQUEST_SECONDS)
        self._slot.held = request.size
        self._uncollected += request.size
        if greedy or self._slots.held() > max(self._service.held_bytes, request.size):
            log(f"exit={contract.DEFER} error=busy")
            self._slot.give_up()
            call.answer(BUSY)
            return
        deadline = time.monotonic() + self._chosen.limits.seconds
        held = InHand(caller, deadline, call.body, call.descriptor, request.message, request.envelope)
        self._slot.until = deadline + GRACE_SECONDS
        self._refresh()
        self._custody.put(held)
        self._examine(call, self._chosen, held)

    def _is_greedy(self, caller: int) -> bool:
        """Whether CALLER is a user of this machine who would leave too few workers for the others."""
        most = max(1, self._service.workers // 2)
        return caller not in self._trusted and self._slots.busy_for(caller) > most

    def _refresh(self) -> None:
        """Take over what has changed in the site's rules."""
        try:
            self._chosen.refresh()
        except QsfilterError as error:
            told: tuple[str, ...] = (f"{error}; the rules before go on",)
        else:
            told = self._chosen.rules.told if self._chosen.rules is not None else ()
        if told != self._told:
            for text in told:
                log(text)
            self._told = told

    def _examine(self, call: FrontCall, chosen: Filter, held: InHand) -> None:
        """Examine the message of CALL, HELD in custody, and answer."""
        assert call.request is not None  # noqa: S101 - it has been taken in
        bound_processor_time(self._chosen.limits.seconds)
        report: Report | None = None
        try:
            client = call.client(trusted=held.caller in self._trusted)
            report, answer = self._examined(call, call.request, chosen, client, held.deadline)
            said = ""
        except BaseException as error:  # noqa: BLE001 - a worker goes on whatever one message does
            code, told = judged(error)
            answer, said = Answer(protocol.END, code, "try again later"), f"exit={code} error={told}"
        self._end_copy()
        self._slot.until = time.monotonic() + ANSWER_SECONDS + GRACE_SECONDS
        self._custody.clear()
        self._slot.give_up()
        try:
            call.answer(answer)
        except OSError as error:
            gone = error.errno in {errno.EPIPE, errno.ECONNRESET}
            why = "the front is gone" if gone else f"the front can't be answered: {error.strerror or error}"
            log(said or f"exit={contract.DEFER} error={why}; nothing is queued")
        else:
            if report is None:
                log(said)
            else:
                chosen.tell(report, log)

    def _examined(
        self, call: FrontCall, request: Request, chosen: Filter, client: Client, deadline: float
    ) -> tuple[Report, Answer]:
        """Take the message of REQUEST through its life up to the hand-over, which is the front's."""
        if call.is_gone:  # it may have waited for us for long
            raise CallerGone
        whole = envelope_of(request)
        transport = Answering(whole) if isinstance(chosen.transport, QmailQueue) else None

        def guard(seconds: float) -> Alarm:
            """Tell the master when we will be back, and look whether somebody waits for the answer."""
            self._end_copy()
            now = time.monotonic()
            self._slot.until = now + seconds + GRACE_SECONDS
            if self._hook == "deliver" or now - self._looked > LOOK_SECONDS:
                self._looked = now
                if call.is_gone:
                    raise CallerGone
            return self._alarm(seconds)

        self._looked = time.monotonic()
        with self._alarm(chosen.limits.seconds):  # the file may be larger than can be read in a day
            raw = content_of(request, chosen.limits.message_bytes)
        report = chosen.run(
            raw,
            contract.parse_envelope(whole),
            client,
            guard=guard,
            deadline=deadline,
            transport=transport,
        )
        if call.is_gone:
            raise CallerGone
        if transport is not None and transport.answer is not None:
            return report, transport.answer
        assert report.outcome is not None  # noqa: S101 - `run` has set it
        return report, Answer(protocol.END, report.outcome.exit, report.outcome.reply)

    def _end_copy(self) -> None:
        """End here if we are a process that a plugin has forked, so that nobody answers twice."""
        if os.getpid() != self._pid:
            os._exit(0)

    def begins(self, key: str) -> None:
        """Note the retry KEY of the message in hand, for the next service if all of this one is killed."""
        self._slot.key = key

    def asks(self, hook: str, plugin: str) -> None:
        """Note who is asked, for the master who finds that we died of it."""
        self._hook = hook
        self._slot.asked = (hook, plugin)


def _try_to_answer(call: FrontCall, answer: Answer) -> None:
    try:
        call.answer(answer)
    except OSError:
        return  # who asks nonsense may be gone by now
