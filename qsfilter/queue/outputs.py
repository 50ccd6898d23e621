"""What this process says: log lines on descriptor 2, and a text with a refusal where the dialect takes one.

Guarantees: both go to copies of our own, so a plugin that closes or re-points a descriptor silences nothing, and its
files are not written to; a process that a plugin forks has no copy, so nobody waits for it; what a plugin prints gets
into the log, never into a text.
"""

from __future__ import annotations

import fcntl
import os
import sys
from typing import TYPE_CHECKING

from qsfilter.queue import contract

if TYPE_CHECKING:
    from qsfilter.queue.inherited import Inherited

STDOUT, STDERR = 1, 2
FIRST_OWN = 10
"""Above every number on which a dialect looks for its pipe."""
CLOSED = -1


class Outputs:
    """The log, the text, and descriptor 2 as it came."""

    def __init__(self) -> None:
        """Copy descriptor 2; where it is closed, it is /dev/null for as long as we are here. Never raises."""
        self._given = self._log = _copy(STDERR)
        self._text = CLOSED
        self._dialect = "plain"
        if self._given == CLOSED:
            _silence(STDERR)

    def take_text(self, dialect: str, inherited: Inherited) -> None:
        """Find where a text in DIALECT goes: only to a descriptor that our caller gave us, never to a plugin's."""
        self._dialect = dialect
        number = contract.reply_descriptor(dialect, inherited.environment)
        if number == STDERR:  # there a log line would be taken for the text
            self._text, self._log = self._given, CLOSED
        elif number in inherited.descriptors:
            self._text = _copy(number)
        own = [number for number in (self._given, self._text, *inherited.descriptors) if number != CLOSED]
        os.register_at_fork(after_in_child=lambda: _close(own))

    def settle(self) -> None:
        """Point 1 and 2 at the log, whatever has become of them, and write out what plugins printed."""
        for number in (STDOUT, STDERR):
            if self._log == CLOSED:
                _silence(number)
            else:
                os.dup2(self._log, number)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:  # noqa: BLE001, S112 - a plugin may have put anything there, or nothing
                continue

    @property
    def trace(self) -> int:
        """The descriptor for the trace of a process that has to be ended."""
        return STDERR if self._log == CLOSED else self._log

    def log(self, line: str, prefix: str = "qsfilter: ") -> None:
        """Write PREFIX and LINE; a log that can't be written never fails the mail."""
        printable = "".join(char if char.isprintable() else "?" for char in line)
        try:
            os.write(self._log, f"{prefix}{printable}\n".encode("utf-8", "backslashreplace"))
        except OSError:
            return

    def answer(self, code: int, text: str) -> int:
        """Say TEXT where the dialect allows; return the exit code."""
        return contract.answer(code, text, self._dialect, self._text)

    def give_back(self) -> None:
        """Let the queue program have descriptor 2 as it came."""
        if self._given == CLOSED:
            os.close(STDERR)
        else:
            os.dup2(self._given, STDERR)


def _copy(number: int) -> int:
    try:
        return fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, FIRST_OWN)
    except OSError:
        return CLOSED


def _silence(number: int) -> None:
    """Point NUMBER at /dev/null."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    except OSError:
        return
    if nowhere != number:
        os.dup2(nowhere, number)
        os.close(nowhere)


def _close(numbers: list[int]) -> None:
    for number in numbers:
        try:
            os.close(number)
        except OSError:
            continue
