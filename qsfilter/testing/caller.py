"""Calls a queue program as `qmail.c` does: pipes on 0 and 1, one for a text read to its end, wait, map the code.

Guarantee: the caller's side of the contract is kept to the letter, so what passes here works under qmail-smtpd.
"""

from __future__ import annotations

import os
import subprocess
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
) -> Answer:
    """Give MESSAGE and ENVELOPE to PROGRAM and return what it answered.

    ENVELOPE as bytes is sent as it is, whole or not. REPLY_DESCRIPTOR is where the program may write a text, which
    counts with the exit code REPLY_CODE; with 2, descriptor 2 is that pipe.
    """
    command = [program] if isinstance(program, str) else list(program)
    coded = envelope if isinstance(envelope, bytes) else envelope_bytes(envelope)
    message_out, message_in = os.pipe()
    envelope_out, envelope_in = os.pipe()
    reply_out, reply_in = os.pipe()
    started = time.monotonic()
    child = _start(command, (message_out, envelope_out, reply_in), reply_descriptor, environment)
    for descriptor in (message_out, envelope_out, reply_in):
        os.close(descriptor)
    writer = threading.Thread(target=_write, args=(((message_in, message), (envelope_in, coded)),))
    writer.start()
    logged: list[bytes] = []
    reader = threading.Thread(target=lambda: logged.append(child.stderr.read() if child.stderr else b""))
    reader.start()
    reply = _read_all(reply_out)
    writer.join()
    reader.join()
    code = child.wait()
    if child.stderr:
        child.stderr.close()
    seconds = time.monotonic() - started
    text = _text(code, reply, reply_code)
    return Answer(code=code, text=text, log=b"".join(logged).decode("utf-8", "backslashreplace"), seconds=seconds)


def _start(
    command: list[str], ends: tuple[int, int, int], reply_descriptor: int, environment: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    message_out, envelope_out, reply_in = ends
    passed: tuple[int, ...] = ()
    stderr = subprocess.PIPE
    if reply_descriptor == 2:
        stderr = reply_in
    elif reply_descriptor >= 0:
        if reply_descriptor in (message_out, envelope_out, reply_in):
            raise ValueError(
                f"descriptor {reply_descriptor} is in use here; call from a process with more of them open"
            )
        os.dup2(reply_in, reply_descriptor, inheritable=True)
        passed = (reply_descriptor,)
    try:
        return subprocess.Popen(  # noqa: S603 - the program is the caller's choice
            command, stdin=message_out, stdout=envelope_out, stderr=stderr, env=environment, pass_fds=passed
        )
    finally:
        for descriptor in passed:
            os.close(descriptor)


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
