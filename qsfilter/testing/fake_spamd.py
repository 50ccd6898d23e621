"""A server that speaks spamd's protocol (PING, SYMBOLS, REPORT), and breaks it where a test says so.

with FakeSpamd("/some/folder/fake.sock") as spamd:
    spamd.answer = lambda question: b"garbage"
    SpamAssassin(servers=(spamd.name,))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from qsfilter.testing.threaded_server import ThreadedServer

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable


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


class FakeSpamd(ThreadedServer):
    """Speaks on a unix socket, or a port of 127.0.0.1 where no path is given; each connection has a thread."""

    def __init__(self, path: str = "") -> None:
        """Listen on PATH."""
        super().__init__(path)
        self.answer: Callable[[Question], bytes] = lambda _question: scored("1.0", body=b"POINTS_ONE")
        """What to send to a question; the connection is closed behind it."""
        self.pong = b"SPAMD/1.5 0 PONG\r\n"
        self.questions: list[Question] = []
        """All that it was asked but PING, in the order of arrival."""

    def serve(self, connection: socket.socket) -> None:
        """Answer the one question of a connection."""
        data = b""
        while self.readable(connection) and (piece := connection.recv(1 << 16)):
            data += piece
        head, _, content = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        question = Question(first.partition(" ")[0], fields, content)
        if question.command != "PING":
            self.questions.append(question)
        connection.sendall(self.pong if question.command == "PING" else self.answer(question))
