"""Where log lines go: descriptor 2, which multilog or journald takes, or the syslog daemon by its datagram socket.

Guarantees: `write` never raises, and waits for at most `MOMENT_SECONDS` for a reader that does not read; after that
nobody is waited for until `AWAY_SECONDS` have passed. A line is written at once, with `?` for what does not print.
"""

from __future__ import annotations

import os
import select
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import _socket

STDERR = 2
MOMENT_SECONDS = 0.05
AWAY_SECONDS = 10.0
DEVICE = "/dev/log"
LONGEST_DATAGRAM = 8000
"""What syslog daemons take by default (8 KiB); our own lines are shorter."""
FACILITIES = {
    "user": 1, "mail": 2, "daemon": 3, "auth": 4, "local0": 16, "local1": 17, "local2": 18, "local3": 19,
    "local4": 20, "local5": 21, "local6": 22, "local7": 23,
}  # fmt: skip
"""Numbers of syslog(3)."""
ERR, WARNING, NOTICE, INFO = 3, 4, 5, 6
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Not by `strftime`, which follows a locale that a plugin may have set."""


class Patience:
    """Whether a reader is still waited for."""

    def __init__(self) -> None:
        self._away_until = 0.0

    def for_writing(self, descriptor: int) -> bool:
        """Return whether DESCRIPTOR can be written without waiting, after waiting for a moment."""
        moment = MOMENT_SECONDS if time.monotonic() >= self._away_until else 0.0
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT)
        ready = bool(poll.poll(moment * 1000))
        self._away_until = 0.0 if ready else time.monotonic() + AWAY_SECONDS
        return ready


class Stderr:
    """Lines on a descriptor."""

    def __init__(self, descriptor: int = STDERR, prefix: str = "qsfilter: ") -> None:
        """Write to DESCRIPTOR, each line with PREFIX before it; lines of JSON have none."""
        self._descriptor = descriptor
        self._prefix = prefix
        self._patience = Patience()

    def write(self, line: str) -> bool:
        """Write LINE; return whether all of it was taken."""
        whole = f"{self._prefix}{printable(line)}\n".encode("utf-8", "backslashreplace")
        try:
            return self._patience.for_writing(self._descriptor) and os.write(self._descriptor, whole) == len(whole)
        except (OSError, ValueError):  # ValueError for a descriptor below 0
            return False


class Syslog:
    """Datagrams to the syslog daemon of this machine, in the form that syslog(3) gives them."""

    def __init__(
        self,
        facility: str = "mail",
        ident: str = "qsfilter",
        *,
        priority: int = INFO,
        device: str = DEVICE,
        otherwise: Stderr | None = None,
    ) -> None:
        """Send with FACILITY (one of `FACILITIES`) and PRIORITY; what the daemon does not take goes to OTHERWISE."""
        self._facility = FACILITIES[facility]
        self._priority = priority
        self._ident = ident
        self._device = device
        self._otherwise = otherwise
        self._patience = Patience()
        self._socket: _socket.socket | None = None

    def write(self, line: str, priority: int | None = None) -> bool:
        """Send LINE, with PRIORITY for once; return whether the daemon, or else the other sink, took it."""
        now = time.localtime()
        stamp = f"{MONTHS[now.tm_mon - 1]} {now.tm_mday:2} {now.tm_hour:02}:{now.tm_min:02}:{now.tm_sec:02}"
        number = 8 * self._facility + (self._priority if priority is None else priority)
        text = f"<{number}>{stamp} {self._ident}[{os.getpid()}]: {printable(line)}"
        datagram = text.encode("utf-8", "backslashreplace")[:LONGEST_DATAGRAM]
        for _ in range(2):  # the daemon may have been restarted since
            try:
                if self._sent(datagram):
                    return True
                break
            except OSError:
                self.close()
        return self._otherwise is not None and self._otherwise.write(line)

    def close(self) -> None:
        """Close the socket; the next line opens it again."""
        opened, self._socket = self._socket, None
        if opened is not None:
            with suppress(OSError):
                opened.close()

    def _sent(self, datagram: bytes) -> bool:
        import _socket  # noqa: PLC0415 - `socket` takes 2 ms, and most sites log to descriptor 2

        if self._socket is None:
            self._socket = _socket.socket(_socket.AF_UNIX, _socket.SOCK_DGRAM | _socket.SOCK_CLOEXEC)
            self._socket.setblocking(False)
            self._socket.connect(self._device)
        if not self._patience.for_writing(self._socket.fileno()):
            return False
        try:
            return self._socket.send(datagram) == len(datagram)
        except BlockingIOError:
            return False


def printable(line: str) -> str:
    """Return LINE with `?` for what does not print."""
    if line.isascii() and line.isprintable():
        return line
    return "".join(character if character.isprintable() else "?" for character in line)
