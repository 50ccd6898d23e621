"""A server that speaks spamd's protocol (PING, SYMBOLS, REPORT), and breaks it where a test says so.

with FakeSpamd("/some/folder/fake.sock") as spamd:
    spamd.answer = lambda question: b"garbage"
    SpamAssassin(servers=(spamd.name,))
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

POLL_SECONDS = 0.05
LONGEST_SECONDS = 30.0


class Question(NamedTuple):
    """What one connection asked."""

    command: str
    fields: dict[str, str]
    """Of its head, their names in lower case."""
    content: bytes


def scored(points: str, required: str = "5.0", body: bytes = b"") -> bytes:
    """Return the answer of a spamd that gives POINTS, with BODY behind its head."""
    verdict = float(points) >= float(required)
    head = f"SPAMD/1.1 0 EX_OK\r\nContent-length: {len(body)}\r\nSpam: {verdict} ; {points} / {required}\r\n\r\n"
    return head.encode() + body


class FakeSpamd:
    """Serves a unix socket, or a port of 127.0.0.1 where no path is given; each connection has a thread."""

    def __init__(self, path: str = "") -> None:
        """Listen on PATH."""
        self.on_connect: Callable[[socket.socket], object] = lambda _connection: None
        """Called with each new connection before anything is read from it."""
        self.answer: Callable[[Question], bytes] = lambda _question: scored("1.0", body=b"POINTS_ONE")
        """What to send to a question; the connection is closed behind it."""
        self.pong = b"SPAMD/1.5 0 PONG\r\n"
        self.questions: list[Question] = []
        """All that it was asked but PING, in the order of arrival."""
        self.connections = 0
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        self._listener.bind(path or ("127.0.0.1", 0))
        self._listener.listen(64)
        self.name = f"unix:{path}" if path else f"tcp:127.0.0.1:{self._listener.getsockname()[1]}"
        """As the option `servers` of the plugin names it."""

    def __enter__(self) -> Self:
        """Start serving."""
        self._run(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and wait for all threads."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(LONGEST_SECONDS)
        self._listener.close()

    def wait(self) -> None:
        """Do nothing until the test is over."""
        self._stopped.wait(LONGEST_SECONDS)

    def _run(self, function: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _readable(self, what: socket.socket) -> bool:
        while not self._stopped.is_set():
            if select.select([what], [], [], POLL_SECONDS)[0]:
                return True
        return False

    def _accept(self) -> None:
        while self._readable(self._listener):
            connection, _ = self._listener.accept()
            self.connections += 1
            self._run(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, ValueError):  # a test may have closed it
            self.on_connect(connection)
            data = b""
            while self._readable(connection) and (piece := connection.recv(1 << 16)):
                data += piece
            head, _, content = data.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            question = Question(first.partition(" ")[0], fields, content)
            if question.command != "PING":
                self.questions.append(question)
            connection.sendall(self.pong if question.command == "PING" else self.answer(question))
