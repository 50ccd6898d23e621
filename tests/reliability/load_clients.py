"""SMTP clients that send mail until it is answered for good, as a mail server would, and sometimes hang up.

Guarantees: every answer is noted, the lack of one too; every wait ends; a client that gets no final answer for a mail
in `PATIENCE_SECONDS` fails the run.
"""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.reliability.load_mail import Mail

SECONDS = 120.0
"""The most for one reply: more than any pause of the service's."""
PATIENCE_SECONDS = 100.0
"""The most for one mail: longer than a plugin of which a worker died when it started is left out."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.02, 0.5
"""Seconds before a mail is tried again; the pause doubles."""
MOST_IN_A_SESSION = 12
TAKEN, REFUSED = 250, 554
NO_ANSWER, BROKEN_OFF = 0, -1
"""The client went away: with the whole mail sent, so that anything may have become of it, or in the middle."""
RARELY = 0.01
"""How often a client does each of the two."""


class Ledger:
    """What every client was told, and how far the run is."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.told: dict[int, list[int]] = defaultdict(list)
        """Number of the mail → the code of each attempt."""
        self.attempts = 0
        self._more = threading.Condition()

    def note(self, number: int, code: int) -> None:
        """Note that an attempt at the mail NUMBER ended with CODE."""
        with self._more:
            self.told[number].append(code)
            self.attempts += 1
            self._more.notify_all()

    def await_attempts(self, count: int, seconds: float) -> bool:
        """Wait until there were COUNT attempts in all; return whether that came within SECONDS."""
        with self._more:
            return self._more.wait_for(lambda: self.attempts >= count, seconds)


class Session:
    """One SMTP session with the server on a port of 127.0.0.1."""

    def __init__(self, port: int) -> None:
        """Connect and say hello."""
        self._connection = socket.create_connection(("127.0.0.1", port), SECONDS)
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._replies = self._connection.makefile("rb")
        self._require(220)
        self._say(b"EHLO client.example.org", 250)

    def send(self, mail: Mail) -> int:
        """Send MAIL and return the code of the reply to its end."""
        self._begin(mail)
        self._connection.sendall(_wire(mail.raw))
        return self._reply()

    def send_and_go(self, mail: Mail, *, whole: bool) -> int:
        """Send MAIL, or half of it if it is not to be WHOLE, and hang up."""
        self._begin(mail)
        wire = _wire(mail.raw)
        self._connection.sendall(wire if whole else wire[: len(wire) // 2])
        self._close()
        return NO_ANSWER if whole else BROKEN_OFF

    def quit(self) -> None:
        """End the session in order."""
        with suppress(OSError):
            self._say(b"QUIT", 221)
        self._close()

    def _begin(self, mail: Mail) -> None:
        self._say(b"MAIL FROM:<%b>" % mail.sender, 250)
        for recipient in mail.recipients:
            self._say(b"RCPT TO:<%b>" % recipient, 250)
        self._say(b"DATA", 354)

    def _say(self, line: bytes, code: int) -> None:
        self._connection.sendall(line + b"\r\n")
        self._require(code)

    def _require(self, code: int) -> None:
        found = self._reply()
        assert found == code, (found, code)

    def _reply(self) -> int:
        line = self._replies.readline()
        while line[3:4] == b"-":
            line = self._replies.readline()
        assert line.endswith(b"\n"), "the server hung up"
        return int(line[:3])

    def _close(self) -> None:
        self._replies.close()
        self._connection.close()


def _wire(raw: bytes) -> bytes:
    """Return RAW, which ends with a line end, as it goes behind DATA (RFC 5321, 4.5.2)."""
    stuffed = raw.replace(b"\n.", b"\n..")
    return (b"." * stuffed.startswith(b".") + stuffed).replace(b"\n", b"\r\n") + b".\r\n"


class Client:
    """Sends the mails that it is dealt, one after the other, in sessions of several."""

    def __init__(self, port: int, ledger: Ledger, seed: str) -> None:
        """Send to PORT and note in LEDGER; SEED decides when it hangs up."""
        self._port = port
        self._ledger = ledger
        self._chance = random.Random(seed)  # noqa: S311 - the same in each run
        self._session: Session | None = None
        self._left = 0

    def send_all(self, mails: Iterator[Mail]) -> None:
        """Send what MAILS gives, each until it is answered for good."""
        for mail in mails:
            self._send(mail)
        self._end()

    def _send(self, mail: Mail) -> None:
        end, pause = time.monotonic() + PATIENCE_SECONDS, SHORTEST_PAUSE
        while True:
            code = self._attempt(mail)
            self._ledger.note(mail.number, code)
            if code in {TAKEN, REFUSED}:
                return
            assert code in {NO_ANSWER, BROKEN_OFF} or 400 <= code < 500, code
            assert time.monotonic() < end, f"the mail {mail.number} is not answered for good"
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _attempt(self, mail: Mail) -> int:
        if self._session is None:
            self._session, self._left = Session(self._port), self._chance.randint(1, MOST_IN_A_SESSION)
        drawn = self._chance.random()
        if drawn < 2 * RARELY:
            session, self._session = self._session, None
            return session.send_and_go(mail, whole=drawn < RARELY)
        code = self._session.send(mail)
        self._left -= 1
        if not self._left:
            self._end()
        return code

    def _end(self) -> None:
        if self._session is not None:
            self._session.quit()
            self._session = None
