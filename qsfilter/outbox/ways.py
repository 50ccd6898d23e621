"""How a mail of the outbox goes out: by a queue program, by qmail-inject, by sendmail, or by SMTP.

Guarantees: the envelope is ours, the null sender too; no shell; QMAILQUEUE is not in a program's environment, so that
nothing of ours is filtered again; what is not surely refused for good is a temporary failure.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from qsfilter.edits import Head
from qsfilter.errors import DeliveryError
from qsfilter.transport import QmailQueue, file_of, pieces, queue_environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from mmap import mmap

    from qsfilter.model import Envelope

LONGEST_TROUBLE = 300
REFUSED = frozenset({65, 67, 68, 100})
"""Exit codes of mail programs that no later try changes: EX_DATAERR, EX_NOUSER, EX_NOHOST, and qmail-inject's."""


class Away(Exception):  # noqa: N818 - says what has happened
    """Who takes mails is not there, so that no other mail need be tried now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What became of one mail, recipient by recipient: those in neither have it in the care of who took it."""

    refused: Mapping[bytes, str] = field(default_factory=dict)
    """Refused for good, and why."""
    later: Mapping[bytes, str] = field(default_factory=dict)
    """To be tried again, and why."""


class Way(Protocol):
    """One of the ways below."""

    def send(self, raw: bytes | mmap, offset: int, envelope: Envelope) -> Answer:
        """Send the message that is RAW from OFFSET on. Raises Away."""
        ...


@dataclass(frozen=True, kw_only=True)
class ByQueue:
    """The queue program, byte for byte; it is waited for and never signalled."""

    queue: QmailQueue

    def send(self, raw: bytes | mmap, offset: int, envelope: Envelope) -> Answer:
        """Queue the message. Raises Away where the program can't be started."""
        try:
            code = self.queue.hand_over(raw, Head(lines=b"", offset=offset), envelope)
        except DeliveryError as error:
            raise Away(str(error)) from error
        return _answer(code, envelope.recipients, refused=11 <= code <= 40, who=self.queue.program[0])


@dataclass(frozen=True, kw_only=True)
class ByProgram:
    """A program that takes the message on descriptor 0, and sender and recipients as arguments."""

    program: tuple[str, ...]
    """Path and arguments."""
    options: tuple[str, ...]
    """What tells it to take the envelope from its arguments alone, and a line with a dot as text."""

    def send(self, raw: bytes | mmap, offset: int, envelope: Envelope) -> Answer:
        """Run the program. Raises Away where it can't be started."""
        import subprocess  # noqa: PLC0415 - most sites send by the queue program

        bad = {one: "the address can't be an argument" for one in envelope.recipients if not _is_argument(one)}
        good = [one for one in envelope.recipients if one not in bad]
        if envelope.sender and not _is_argument(envelope.sender):
            return Answer(refused=dict.fromkeys(envelope.recipients, "its sender can't be an argument"))
        if not good:
            return Answer(refused=bad)
        arguments = [*map(os.fsencode, (*self.program, *self.options)), b"-f", envelope.sender, b"--", *good]
        try:
            message = file_of(pieces(raw, Head(lines=b"", offset=offset)), len(raw) - offset)
            said = os.memfd_create("qsfilter-said", os.MFD_CLOEXEC)
            try:
                done = subprocess.run(  # noqa: S603 - no shell; the site's program
                    arguments,
                    check=False,
                    env=queue_environment(os.environb),
                    stdin=message,
                    stdout=said,
                    stderr=said,
                )
                text = os.pread(said, LONGEST_TROUBLE, 0).decode("ascii", "replace").strip()
            finally:
                os.close(message)
                os.close(said)
        except (OSError, DeliveryError) as error:
            why = f"can't start {self.program[0]}: {error}"
            if isinstance(error, OSError) and error.errno == errno.E2BIG:  # which says nothing about other mails
                return Answer(refused=bad, later=dict.fromkeys(good, why))
            raise Away(why) from error
        answer = _answer(done.returncode, good, refused=done.returncode in REFUSED, who=self.program[0], said=text)
        return Answer(refused={**bad, **answer.refused}, later=answer.later)


@dataclass(frozen=True, kw_only=True)
class BySmtp:
    """A server that takes mail of ours to anybody, as the one on this machine does."""

    host: str
    port: int
    timeout: float
    """Seconds for each step."""

    def send(self, raw: bytes | mmap, offset: int, envelope: Envelope) -> Answer:
        """Send the message in a session of its own. Raises Away where the server is not there."""
        from qsfilter.outbox import smtp  # noqa: PLC0415 - smtplib takes long, and the configuration is read for all mail

        return smtp.send(self.host, self.port, self.timeout, raw, offset, envelope)


def by_inject(program: tuple[str, ...]) -> ByProgram:
    """Return the way by qmail-inject, or what takes its arguments."""
    return ByProgram(program=program, options=("-a",))


def by_sendmail(program: tuple[str, ...]) -> ByProgram:
    """Return the way by sendmail, whoever's it is."""
    return ByProgram(program=program, options=("-i",))


def _answer(code: int, recipients: Sequence[bytes], *, refused: bool, who: str, said: str = "") -> Answer:
    """Say what the exit CODE of WHO means for all RECIPIENTS; REFUSED, that it is for good."""
    if code == 0:
        return Answer()
    ended = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
    whys = dict.fromkeys(recipients, f"{who} {ended}{f': {said}' if said else ''}")
    return Answer(refused=whys) if refused else Answer(later=whys)


def _is_argument(address: bytes) -> bool:
    """Whether ADDRESS is one mail address to every program: no option, list, file or command."""
    if b"@" not in address or address[:1] in {b"-", b"|", b"/"}:
        return False
    return all(octet > 32 and octet != 127 and octet not in b'",:;<>()[]\\' for octet in address)
