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

from qsfilter.errors import DeliveryError, OutOfTime, QsfilterError
from qsfilter.examination import text_of
from qsfilter.limits import Limits
from qsfilter.log_line import log_line
from qsfilter.memory import bound_memory
from qsfilter.queue import contract
from qsfilter.queue.alarm import GRACE_SECONDS, Alarm, end_process_after, go_on
from qsfilter.queue.inherited import FIRST_OTHER, Inherited
from qsfilter.queue.outputs import Outputs
from qsfilter.queue.spool import Source, Spool, identity, require_same
from qsfilter.transport import QmailQueue, envelope_bytes, file_of, queue_environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from mmap import mmap

    from qsfilter.builtin.rule_set import RuleSet
    from qsfilter.edits import Head
    from qsfilter.filter import Filter
    from qsfilter.model import Client, Envelope

BUG = 81
CANT_START = 120
SWITCHES = (b"QS_SPAMASSASSIN", b"BMC_WHITELIST", b"SA_SKIP_MD")
"""Per-client switches that tcprules set and plugins may read."""


class CallerGone(KeyboardInterrupt):
    """Nobody would hear the answer, and the sender tries again. An interrupt, so no stage takes it for a failure."""


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
    except QsfilterError as error:
        outputs.log(f"exit={error.exit} error={type(error).__name__}: {text_of(error)}")
        return error.exit
    except CallerGone:
        outputs.log(f"exit={contract.DEFER} error=the caller is gone; nothing is queued")
        return contract.DEFER
    except MemoryError:
        outputs.log("exit=51 error=out of memory")
        return contract.OUT_OF_MEMORY
    except OutOfTime:
        outputs.log("exit=52 error=out of time")
        return 52
    except BaseException as error:  # noqa: BLE001 - no exit code by accident: SystemExit(None) would mean "queued"
        outputs.log(f"exit={BUG} error={type(error).__name__}: {text_of(error)}")
        return BUG


def _serve_one(chosen: Filter | None, inherited: Inherited, outputs: Outputs) -> int:
    _require_message_and_envelope()
    limits = chosen.limits if chosen else Limits()
    spool = Spool(Source(0))
    whole = contract.read_envelope(Source(1).read, limits.envelope_bytes)
    deadline_from = time.monotonic()
    outputs.settle()  # a stray print must reach the log
    end_process_after(limits.seconds + GRACE_SECONDS, outputs.trace)  # what is imported from here on is code of others
    filter_ = chosen or _configured()
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
        _client(inherited.environment),
        guard=guard,
        deadline=deadline_from + filter_.limits.seconds,
        transport=becoming,
    )
    outputs.settle()
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


def _configured() -> Filter:
    """Return the configuration's filter. Raises ConfigError (55)."""
    from qsfilter.config import load  # noqa: PLC0415 - a wrapper of one's own needs no configuration file

    return load(rules=_rules_for_mail)


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


def _client(environment: Mapping[bytes, bytes]) -> Client:
    """Read who the client is from what tcpserver and its kin set."""
    from qsfilter.model import Client  # noqa: PLC0415 - for the type above, and already loaded

    def text(name: bytes) -> str:
        return environment.get(name, b"").decode("ascii", "backslashreplace")

    return Client(
        ip=text(b"TCPREMOTEIP") or "127.0.0.1",
        host=text(b"TCPREMOTEHOST"),
        user=text(b"TCPREMOTEINFO"),
        relay=b"RELAYCLIENT" in environment,
        env={name.decode("ascii"): text(name) for name in SWITCHES if name in environment},
    )
