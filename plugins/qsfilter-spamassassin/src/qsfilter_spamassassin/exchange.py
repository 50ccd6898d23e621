"""Asks one spamd after the other until one answers.

Guarantees: every wait ends at the deadline; a server that hangs leaves the others their share of the time; what is read
is bounded; no connection is left open. A connection serves one question, because spamd closes it after its answer.
"""

from __future__ import annotations

import _socket  # not `socket`, see qsfilter.connecting
import select
import time
from typing import TYPE_CHECKING, TypeVar

from qsfilter.connecting import connect
from qsfilter_spamassassin.protocol import is_whole, too_early

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter_spamassassin.servers import Server

T = TypeVar("T")
LEFT_OUT_SECONDS = 30.0
"""How long a server that failed is asked after all others."""
PIECE = 1 << 16


class Servers:
    """Asks the first server that answers, and remembers which ones failed lately."""

    def __init__(self, servers: tuple[Server, ...]) -> None:
        """Ask SERVERS in this order; nothing is opened yet."""
        self._servers = servers
        self._failed: dict[Server, float] = {}
        """When each one failed, on `time.monotonic`."""

    def ask(self, request: bytes, read: Callable[[bytes], T], deadline: float) -> tuple[T | None, list[str]]:
        """Return what READ makes of the first answer to REQUEST, and what went wrong with the servers before it."""
        troubles: list[str] = []
        order = sorted(self._servers, key=self._failed_lately)
        for index, server in enumerate(order):
            now = time.monotonic()
            share = max(0.0, deadline - now) / (len(order) - index)
            try:
                answer = read(exchange(server, request, now + share))
            except OSError as error:
                troubles.append(f"{server}: {error.strerror or error}")
                self._failed[server] = time.monotonic()
            else:
                self._failed.pop(server, None)
                return answer, troubles
        return None, troubles

    def _failed_lately(self, server: Server) -> bool:
        return time.monotonic() - self._failed.get(server, float("-inf")) < LEFT_OUT_SECONDS


def exchange(server: Server, request: bytes, deadline: float) -> bytes:
    """Send REQUEST to SERVER and return its answer. Raises OSError; DEADLINE is on `time.monotonic`."""
    made = connect(server.where, deadline)
    try:
        return _exchange(made, memoryview(request), deadline)
    finally:
        made.close()


def _exchange(made: _socket.socket, left: memoryview, deadline: float) -> bytes:
    poll = select.poll()
    poll.register(made.fileno(), select.POLLIN | select.POLLOUT)
    found = b""
    while True:
        seconds = deadline - time.monotonic()
        events = poll.poll(seconds * 1000) if seconds > 0 else []
        if not events:
            raise TimeoutError("no answer in time")
        if events[0][1] & ~select.POLLOUT:
            try:
                piece = made.recv(PIECE)
            except BlockingIOError:
                continue
            found += piece
            if not piece or is_whole(found):
                if left:
                    too_early(found)
                return found
        else:
            try:
                left = left[made.send(left[:PIECE], _socket.MSG_NOSIGNAL) :]
                if not left:
                    made.shutdown(_socket.SHUT_WR)
            except BlockingIOError:
                continue
            except (BrokenPipeError, ConnectionResetError):
                poll.modify(made.fileno(), select.POLLIN)  # its last words are still to be read
            if not left:
                poll.modify(made.fileno(), select.POLLIN)
