"""A server that speaks clamd's protocol (IDSESSION, PING, VERSION, INSTREAM, FILDES), broken where a test says so.

with FakeClamd("/some/folder/fake.sock") as clamd:
    clamd.answer = lambda number, place, content: b"garbage"
    ClamAV(servers=(clamd.name,))
"""

from __future__ import annotations

import contextlib
import os
import socket
from typing import TYPE_CHECKING

from qsfilter.testing.messages import eicar
from qsfilter.testing.threaded_server import ThreadedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VERSION = b"ClamAV 1.4.6/27819/Thu Nov 19 18:27:13 2026"
FOUND = "Eicar-Test-Signature"


class FakeClamd(ThreadedServer):
    """Speaks on a unix socket, or a port of 127.0.0.1 where no path is given; each connection has a thread."""

    def __init__(self, path: str = "") -> None:
        """Listen on PATH."""
        super().__init__(path)
        self.answer: Callable[[int, str, bytes], bytes | None] = self.usual
        """Given number (0 outside a session), place (`stream` or `fd[N]`) and content of a scan, what to send.

        None closes the connection.
        """
        self.version: bytes | None = VERSION
        """What to answer to VERSION; None for a server that refuses to, and closes the connection."""
        self.contents: list[bytes] = []
        """All that it was given to scan, in the order of arrival."""
        self.versions = 0

    @staticmethod
    def usual(number: int, place: str, content: bytes) -> bytes:
        """Answer as a real one does that knows EICAR."""
        said = f"{FOUND} FOUND" if eicar() in content else "OK"
        return _numbered(number, f"{place}: {said}".encode())

    def serve(self, connection: socket.socket) -> None:
        """Answer the commands of one session, or the one command outside of a session."""
        with contextlib.closing(_Reader(connection, self.readable)) as reader:
            for number, command in enumerate(reader.commands()):
                answer = self._answer(number, command, reader)
                if answer is not None:
                    connection.sendall(answer)
                alone = number == 0 and command != b"IDSESSION"
                if answer is None or alone or (command == b"VERSION" and self.version is None):
                    return

    def _answer(self, number: int, command: bytes, reader: _Reader) -> bytes | None:
        if command == b"IDSESSION":
            return b""
        if command == b"VERSION":
            self.versions += 1
            return _numbered(number, self.version or b"COMMAND UNAVAILABLE")
        if command == b"PING":
            return _numbered(number, b"PONG")
        place, content = reader.content(command)
        self.contents.append(content)
        return self.answer(number, place, content)


def _numbered(number: int, said: bytes) -> bytes:
    """Return what was SAID to the command NUMBER of a session; 0 is a command without one, which is not numbered."""
    return (b"%d: %s\0" % (number, said)) if number else said + b"\0"


class _Reader:
    """Reads commands, streams and descriptors from a connection. Raises EOFError at its end."""

    def __init__(self, connection: socket.socket, readable: Callable[[socket.socket], list[socket.socket]]) -> None:
        self._connection = connection
        self._readable = readable
        self._data = b""
        self._descriptors: list[int] = []

    def close(self) -> None:
        """Close the descriptors that no command took."""
        for descriptor in self._descriptors:
            os.close(descriptor)

    def commands(self) -> Iterator[bytes]:
        """Yield commands without the z before and the NUL behind."""
        while True:
            while b"\0" not in self._data:
                self._more()
            command, _, self._data = self._data.partition(b"\0")
            yield command.removeprefix(b"z")

    def content(self, command: bytes) -> tuple[str, bytes]:
        """Read the place and the content that COMMAND is about. Raises EOFError for a command that is unknown."""
        if command == b"FILDES":
            self._exactly(1)
            with open(self._descriptors.pop(0), "rb") as file:
                return f"fd[{file.fileno()}]", file.read()
        if command != b"INSTREAM":
            raise EOFError
        content = bytearray()
        while size := int.from_bytes(self._exactly(4)):
            content += self._exactly(size)
        return "stream", bytes(content)

    def _exactly(self, size: int) -> bytes:
        while len(self._data) < size:
            self._more()
        found, self._data = self._data[:size], self._data[size:]
        return found

    def _more(self) -> None:
        if not self._readable(self._connection):
            raise EOFError
        data, descriptors, _, _ = socket.recv_fds(self._connection, 1 << 16, 8)
        self._descriptors += descriptors
        if not data:
            raise EOFError
        self._data += data
