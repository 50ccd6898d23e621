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
from qsfilter.limits import Limits
from qsfilter.queue import contract
from qsfilter.queue.alarm import GRACE_SECONDS, Alarm, end_process_after, go_on
from qsfilter.queue.inherited import Inherited
from qsfilter.queue.spool import Source, Spool
from qsfilter.report import log_line
from qsfilter.transport import QmailQueue, envelope_bytes, file_of, queue_environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from mmap import mmap

    from qsfilter.edits import Head
    from qsfilter.filter import Filter
    from qsfilter.model import Client, Envelope

BUG = 81
CANT_START = 120
STDERR = 2
SWITCHES = (b"QS_SPAMASSASSIN", b"BMC_WHITELIST", b"SA_SKIP_MD")
"""Per-client switches that tcprules set and plugins may read."""


@dataclass
class Becoming:
    """A transport that notes what is to be handed over; the process becomes the queue program when all else is done."""

    queue: QmailQueue
    spool: Spool
    envelope: bytes
    """As received."""
    files: tuple[int, int] | None = None

    def hand_over(self, raw: bytes | mmap, head: Head, envelope: Envelope) -> int:  # noqa: ARG002 - the spool holds it
        """Make ready the two files that the queue program will read. Raises DeliveryError."""
        given = contract.parse_envelope(self.envelope)
        written = self.envelope if given == envelope else envelope_bytes(envelope)
        self.files = (self.spool.with_head(head), file_of([written], len(written)))
        return 0


def serve_one(chosen: Filter | None) -> int:
    """Filter the message on descriptors 0 and 1; see `queue.main`."""
    try:
        return _serve_one(chosen, Inherited.take())
    except QsfilterError as error:
        _log(f"exit={error.exit} error={type(error).__name__}: {error}")
        return error.exit
    except MemoryError:
        _log("exit=51 error=out of memory")
        return contract.OUT_OF_MEMORY
    except OutOfTime:
        _log("exit=52 error=out of time")
        return 52
    except BaseException as error:  # noqa: BLE001 - no exit code by accident: SystemExit(None) would mean "queued"
        _log(f"exit={BUG} error={type(error).__name__}: {error}")
        return BUG


def _serve_one(chosen: Filter | None, inherited: Inherited) -> int:
    _require_standard_descriptors()
    spool = Spool(Source(0))
    whole = contract.read_envelope(Source(1).read, (chosen.limits if chosen else Limits()).envelope_bytes)
    deadline_from = time.monotonic()
    os.dup2(2, 1)  # a stray print must reach the log, and Python's flush at the end must not fail
    filter_ = chosen or _configured()
    reply = Reply.on(contract.reply_descriptor(filter_.reply, inherited.environment), filter_.reply)
    end_process_after(filter_.limits.seconds + GRACE_SECONDS, 2)
    becoming = None
    if isinstance(filter_.transport, QmailQueue):
        refuse_ourselves(filter_.transport.program[0])
        becoming = Becoming(filter_.transport, spool, whole)
    alarm = Alarm()
    with alarm(filter_.limits.seconds):
        filter_.start()
    if inherited.parent_is_gone:
        return _gone()
    report = filter_.run(
        spool.content(filter_.limits.message_bytes),
        contract.parse_envelope(whole),
        _client(inherited.environment),
        guard=alarm,
        deadline=deadline_from + filter_.limits.seconds,
        transport=becoming,
    )
    _log(log_line(report))
    go_on()
    if becoming is not None and becoming.files is not None:
        if inherited.parent_is_gone:
            return _gone()
        reply.give_back()
        _become(becoming.queue.program, becoming.files, inherited)
    assert report.outcome is not None  # noqa: S101 - `run` has set it
    return reply.answer(report.outcome.exit, report.outcome.reply)


def _require_standard_descriptors() -> None:
    """Refuse to read with 0 or 1 closed (54): a file of ours would get that number. A closed 2 becomes /dev/null."""
    for number in (0, 1):
        try:
            os.fstat(number)
        except OSError as error:
            raise DeliveryError(f"descriptor {number} is closed", contract.READ_ERROR) from error
    try:
        os.fstat(2)
    except OSError:
        os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)  # gets the lowest number that is free


def _configured() -> Filter:
    """Return the configuration's filter. Raises ConfigError (55)."""
    from qsfilter.config import load  # noqa: PLC0415 - a wrapper of one's own needs no configuration file

    return load()


@dataclass(frozen=True, slots=True)
class Reply:
    """The descriptor for a text, kept away from everything else that runs here."""

    descriptor: int
    dialect: str

    @classmethod
    def on(cls, descriptor: int, dialect: str) -> Reply:
        """Take DESCRIPTOR; where it is 2, the log would be taken for the reply, and goes nowhere."""
        if descriptor != STDERR:
            return cls(descriptor, dialect)
        own = fcntl.fcntl(STDERR, fcntl.F_DUPFD_CLOEXEC, 10)
        nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        os.dup2(nowhere, STDERR)
        os.dup2(nowhere, 1)
        return cls(own, dialect)

    def give_back(self) -> None:
        """Let the queue program have descriptor 2 as it came."""
        if contract.DIALECTS[self.dialect].descriptor == STDERR and self.descriptor > STDERR:
            os.dup2(self.descriptor, STDERR)

    def answer(self, code: int, text: str) -> int:
        """Say TEXT where the dialect allows; return the exit code."""
        return contract.answer(code, text, self.dialect, self.descriptor)


def refuse_ourselves(program: str) -> None:
    """Raise DeliveryError (81) if PROGRAM is the file that this process runs, which would go on for ever."""
    try:
        if os.path.samefile(program, sys.argv[0]):
            text = f"the queue program {program} is this filter itself; mail would go round for ever"
            raise DeliveryError(text, BUG)
    except OSError:
        return  # one of them is not there; starting it says so


def _become(program: tuple[str, ...], files: tuple[int, int], inherited: Inherited) -> NoReturn:
    """Become the queue PROGRAM with FILES on descriptors 0 and 1. Raises DeliveryError (120) where that fails."""
    environment = queue_environment(inherited.environment)
    for number, descriptor in enumerate(files):
        os.dup2(descriptor, number)
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


def _gone() -> int:
    _log(f"exit={contract.DEFER} error=the caller is gone; nothing is queued")
    return contract.DEFER


def _log(line: str) -> None:
    """Write one line to descriptor 2; a log that can't be written never fails the mail."""
    printable = "".join(char if char.isprintable() else "?" for char in line)
    try:
        os.write(2, f"qsfilter: {printable}\n".encode("utf-8", "backslashreplace"))
    except OSError:
        return
