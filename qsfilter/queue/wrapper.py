"""The queue wrapper: one process a message in the place of qmail-queue, which ends by becoming it.

Guarantees: exit code 0 only from the queue program, or for mail that is durably kept or discarded by a rule; whatever
goes wrong here is a temporary failure with one log line; nothing is queued for a caller that is gone.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from qsfilter.edits import Head
from qsfilter.errors import DeliveryError
from qsfilter.limits import Limits
from qsfilter.log_line import log_line
from qsfilter.memory import bound_memory
from qsfilter.queue import contract
from qsfilter.queue.alarm import GRACE_SECONDS, Alarm, end_process_after, go_on
from qsfilter.queue.client import client_of
from qsfilter.queue.inherited import FIRST_OTHER, Inherited
from qsfilter.queue.judged import BUG, CallerGone, judged
from qsfilter.queue.outputs import Outputs
from qsfilter.queue.spool import Source, Spool, identity, require_same
from qsfilter.transport import QmailQueue, envelope_bytes, file_of, queue_environment

if TYPE_CHECKING:
    from mmap import mmap

    from qsfilter.builtin.rule_set import RuleSet
    from qsfilter.edge import Edge, Service
    from qsfilter.edge import Source as ConfigSource
    from qsfilter.filter import Filter
    from qsfilter.model import Envelope

CANT_START = 120
ANSWER_SECONDS = 30.0
"""How much longer than for a message the service's answer is waited for: it may wait for a worker first."""


@dataclass
class Becoming:
    """A transport that notes what is to be handed over; the process becomes the queue program when all else is done."""

    queue: QmailQueue
    spool: Spool
    envelope: bytes
    """As received."""
    files: dict[int, tuple[int, int]] | None = None
    """Message and envelope, each with what `identity` says of it."""

    def hand_over(self, raw: bytes | mmap, head: Head, envelope: Envelope) -> int:  # noqa: ARG002 - the spool holds it
        """Make ready the two files that the queue program will read. Raises DeliveryError."""
        given = contract.parse_envelope(self.envelope)
        written = self.envelope if given == envelope else envelope_bytes(envelope)
        files = [_above(self.spool.with_head(head)), _above(file_of([written], len(written)))]
        self.files = {descriptor: identity(descriptor) for descriptor in files}
        return 0


def serve_one(chosen: Filter | None) -> int:
    """Filter the message on descriptors 0 and 1 and return the exit code; see `queue.main`."""
    outputs = Outputs()
    try:
        return _serve_one(chosen, Inherited.take(), outputs)
    except BaseException as error:  # noqa: BLE001 - no exit code by accident: SystemExit(None) would mean "queued"
        code, said = judged(error)
        outputs.log(f"exit={code} error={said}")
        return code


def _serve_one(chosen: Filter | None, inherited: Inherited, outputs: Outputs) -> int:
    _require_message_and_envelope()
    limits = chosen.limits if chosen else Limits()
    spool = Spool(Source(0))
    whole = contract.read_envelope(Source(1).read, limits.envelope_bytes)
    deadline_from = time.monotonic()
    outputs.settle()  # a stray print must reach the log
    end_process_after(limits.seconds + GRACE_SECONDS, outputs.trace)  # what is imported from here on is code of others
    if chosen is None:
        from qsfilter.edge import edge, read  # noqa: PLC0415 - a wrapper of one's own needs no configuration file

        source = read()
        around = edge(source.table, source.path)
        if around.service is not None:
            outputs.take_text(around.reply, inherited)
            code = _by_service(around, around.service, spool, whole, inherited, outputs)
            if code is not None:
                return code
        filter_ = _configured(source)
    else:
        filter_ = chosen
    outputs.take_text(filter_.reply, inherited)
    outputs.settle()
    end_process_after(filter_.limits.seconds + GRACE_SECONDS, outputs.trace)
    bound_memory(filter_.limits.memory_bytes)
    for told in filter_.rules.told if filter_.rules is not None else ():
        outputs.log(told)
    becoming = None
    if isinstance(filter_.transport, QmailQueue):
        refuse_ourselves(filter_.transport.program[0])
        becoming = Becoming(filter_.transport, spool, whole)
    alarm = Alarm()
    with alarm(filter_.limits.seconds):
        filter_.start()

    def guard(seconds: float) -> Alarm:
        """Ask whether somebody waits for the answer before each call of a hook, so that nothing is kept for nobody."""
        if inherited.parent_is_gone:  # or this is a process that a plugin has forked
            raise CallerGone
        return alarm(seconds)

    report = filter_.run(
        spool.content(filter_.limits.message_bytes),
        contract.parse_envelope(whole),
        client_of(inherited.environment),
        guard=guard,
        deadline=deadline_from + filter_.limits.seconds,
        transport=becoming,
    )
    outputs.settle()
    if filter_.cache is not None and (trouble := filter_.cache.take_trouble()):
        outputs.log(trouble)
    outputs.log(log_line(report))
    if becoming is not None and becoming.files is not None:
        if inherited.parent_is_gone:
            raise CallerGone
        go_on()
        _become(becoming.queue.program, becoming.files, inherited, outputs)
    assert report.outcome is not None  # noqa: S101 - `run` has set it
    return outputs.answer(report.outcome.exit, report.outcome.reply)


def _require_message_and_envelope() -> None:
    """Refuse to read with descriptor 0 or 1 closed (54): a file of ours would get that number."""
    for number in (0, 1):
        try:
            os.fstat(number)
        except OSError as error:
            raise DeliveryError(f"descriptor {number} is closed", contract.READ_ERROR) from error


def _by_service(
    around: Edge, service: Service, spool: Spool, whole: bytes, inherited: Inherited, outputs: Outputs
) -> int | None:
    """Have the SERVICE examine the message, and do as it says; None where it is not there and we are to do it."""
    from qsfilter.queue.asking import BUSY, NotThere, ask  # noqa: PLC0415 - not every site has a service
    from qsfilter.queue.protocol import END  # noqa: PLC0415 - as above

    go_on()  # asking has bounds of its own
    try:
        answer = ask(service.socket, spool, whole, inherited.environment, around.limits.seconds + ANSWER_SECONDS)
    except NotThere as error:
        if service.fallback == "in-process":
            return None
        outputs.log(f"exit={error.exit} error={error}")
        return outputs.answer(error.exit, str(error))
    except DeliveryError as error:
        outputs.log(f"exit={error.exit} error={error}")
        return outputs.answer(error.exit, BUSY if str(error) == BUSY else "try again later")
    if answer.deed == END:
        return outputs.answer(answer.code, answer.text)
    if not isinstance(around.transport, QmailQueue):
        raise DeliveryError("the service says to hand over, and deliver.qmail_queue is not set", BUG)
    refuse_ourselves(around.transport.program[0])
    envelope = answer.envelope or whole
    files = [spool.with_head(Head(lines=answer.lines, offset=answer.offset)), file_of([envelope], len(envelope))]
    if inherited.parent_is_gone:
        raise CallerGone
    _become(around.transport.program, {_above(number): identity(number) for number in files}, inherited, outputs)
    return None


def _configured(source: ConfigSource) -> Filter:
    """Return the configuration's filter. Raises ConfigError (55)."""
    from qsfilter.config import from_source  # noqa: PLC0415 - not where the service does it

    return from_source(source, _rules_for_mail)


def _rules_for_mail(paths: tuple[str, ...], folder: str) -> RuleSet:
    """Load the site's rules; for those that are broken, the last good version goes on, which FOLDER keeps."""
    from qsfilter.builtin.rule_set import for_mail  # noqa: PLC0415 - not every site has rules

    return for_mail(paths, folder)


def _above(descriptor: int) -> int:
    """Return DESCRIPTOR, or a copy where a plugin has closed 0, 1 or 2 and our file got that number."""
    return descriptor if descriptor >= FIRST_OTHER else fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FIRST_OTHER)


def refuse_ourselves(program: str) -> None:
    """Raise DeliveryError (81) if PROGRAM is the file that this process runs, which would go on for ever."""
    try:
        if os.path.samefile(program, sys.argv[0]):
            text = f"the queue program {program} is this filter itself; mail would go round for ever"
            raise DeliveryError(text, BUG)
    except OSError:
        return  # one of them is not there; starting it says so


def _become(
    program: tuple[str, ...], files: dict[int, tuple[int, int]], inherited: Inherited, outputs: Outputs
) -> NoReturn:
    """Become the queue PROGRAM with FILES on descriptors 0 and 1. Raises DeliveryError (120) where that fails."""
    environment = queue_environment(inherited.environment)
    for number, (descriptor, known) in enumerate(files.items()):
        require_same(descriptor, known)
        os.dup2(descriptor, number)
    outputs.give_back()
    inherited.restore()
    try:
        os.execve(program[0], list(program), environment)  # noqa: S606 - becoming it, without a shell, is the point
    except OSError as error:
        raise DeliveryError(f"can't start {program[0]}: {error.strerror}", CANT_START) from error
