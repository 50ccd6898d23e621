"""Calls a queue program as `qmail.c` does: pipes on 0 and 1, one for a text read to its end, wait, map the code.

Guarantee: the caller's side of the contract is kept to the letter, so what passes here works under qmail-smtpd.
"""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.transport import envelope_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qsfilter.model import Envelope

TEXTS = {
    11: "Denvelope address too long for qq (#5.1.3)",
    115: "Denvelope address too long for qq (#5.1.3)",
    31: "Dmail server permanently rejected message (#5.3.0)",
    51: "Zqq out of memory (#4.3.0)",
    52: "Zqq timeout (#4.3.0)",
    53: "Zqq write error or disk full (#4.3.0)",
    54: "Zqq read error (#4.3.0)",
    55: "Zqq unable to read configuration (#4.3.0)",
    56: "Zqq trouble making network connection (#4.3.0)",
    61: "Zqq trouble in home directory (#4.3.0)",
    71: "Zmail server temporarily rejected message (#4.3.0)",
    72: "Zconnection to mail server timed out (#4.4.1)",
    73: "Zconnection to mail server rejected (#4.4.1)",
    74: "Zcommunication with mail server failed (#4.4.2)",
    81: "Zqq internal bug (#4.3.0)",
    91: "Zqq internal bug (#4.3.0)",
    120: "Zunable to exec qq (#4.3.0)",
}
PERMANENT = range(11, 41)
FIRST_OWN = 64
"""Our own ends of the pipes are numbered from here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the caller learnt."""

    code: int
    """Exit code; below 0 for death by a signal."""
    text: str
    """What an SMTP server would say: empty for "accepted", else D (permanent) or Z (temporary) and a text."""
    log: str
    """What the program wrote to descriptor 2."""
    seconds: float
    reply: bytes = b""
    """What came on the reply descriptor, whether or not it counts."""

    @property
    def accepted(self) -> bool:
        """The caller believes that the message is in the queue's care."""
        return self.text == ""


def call(
    program: str | Sequence[str],
    message: bytes,
    envelope: Envelope | bytes,
    *,
    environment: Mapping[str, str] | None = None,
    reply_descriptor: int = -1,
    reply_code: int = 82,
    seconds: float = 60.0,
) -> Answer:
    """Give MESSAGE and ENVELOPE to PROGRAM and return what it answered.

    ENVELOPE as bytes is sent as it is, whole or not. REPLY_DESCRIPTOR is where the program may write a text, which
    counts with the exit code REPLY_CODE; with 2, descriptor 2 is that pipe. After SECONDS the program is killed, which
    shows as code -9.
    """
    command = [program] if isinstance(program, str) else list(program)
    coded = envelope if isinstance(envelope, bytes) else envelope_bytes(envelope)
    message_out, message_in = _pipe()
    envelope_out, envelope_in = _pipe()
    reply_out, reply_in = _pipe()
    log_out, log_in = _pipe()
    given = {0: message_out, 1: envelope_out, 2: log_in}
    if reply_descriptor >= 0:
        given[reply_descriptor] = reply_in
    started = time.monotonic()
    try:
        child = _start(command, given, environment)
    except OSError:
        for descriptor in (message_in, envelope_in, reply_out, log_out):
            os.close(descriptor)
        raise
    finally:
        for descriptor in (message_out, envelope_out, reply_in, log_in):
            os.close(descriptor)
    writer = threading.Thread(target=_write, args=(((message_in, message), (envelope_in, coded)),))
    writer.start()
    logged: list[bytes] = []
    reader = threading.Thread(target=lambda: logged.append(_read_all(log_out)))
    reader.start()
    killer = threading.Timer(seconds, os.kill, (child, signal.SIGKILL))
    killer.start()
    reply = _read_all(reply_out)
    # As qmail.c does: the reply to its end, then the exit code. Not reaped yet, so that the timer hits nobody else.
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    killer.cancel()
    killer.join()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    took = time.monotonic() - started
    writer.join()
    reader.join()
    log = b"".join(logged).decode("utf-8", "backslashreplace")
    return Answer(code=code, text=_text(code, reply, reply_code), log=log, seconds=took, reply=reply)


def _pipe() -> tuple[int, int]:
    """Make a pipe with numbers above every one that a program may be given, so that none overwrites another."""
    low = os.pipe()
    high = tuple(fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, FIRST_OWN) for number in low)
    for number in low:
        os.close(number)
    return high[0], high[1]


def _start(command: list[str], given: Mapping[int, int], environment: Mapping[str, str] | None) -> int:
    """Start COMMAND with the descriptors GIVEN (its number → ours) and no others; return its process id."""
    numbers = [int(name) for name in os.listdir("/proc/self/fd") if int(name) not in given]
    # What Python opened is close-on-exec; what it inherited itself is not.
    actions: list[tuple[int, ...]] = [(os.POSIX_SPAWN_CLOSE, number) for number in numbers if _is_inherited(number)]
    actions += [(os.POSIX_SPAWN_DUP2, ours, number) for number, ours in given.items()]
    # Python ignores these two signals, and its children inherit that where nobody sets it back.
    return os.posix_spawnp(
        command[0],
        command,
        os.environ if environment is None else environment,
        file_actions=actions,
        setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
    )


def _is_inherited(descriptor: int) -> bool:
    try:
        return os.get_inheritable(descriptor)
    except OSError:
        return False


def _write(feeds: tuple[tuple[int, bytes], ...]) -> None:
    """Write the message, then the envelope; a program that stops reading is judged by its exit code."""
    for descriptor, data in feeds:
        with open(descriptor, "wb", buffering=0) as file:
            rest = memoryview(data)
            try:
                while rest:
                    rest = rest[file.write(rest) :]
            except BrokenPipeError:
                continue


def _read_all(descriptor: int) -> bytes:
    with open(descriptor, "rb") as file:
        return file.read()


def _text(code: int, reply: bytes, reply_code: int) -> str:
    if code == 0:
        return ""
    if code == reply_code and len(reply) > 2:
        return reply.decode("latin-1")
    if code < 0:
        return "Zqq crashed (#4.3.0)"
    if code in TEXTS:
        return TEXTS[code]
    return "Dqq permanent problem (#5.3.0)" if code in PERMANENT else "Zqq temporary problem (#4.3.0)"
