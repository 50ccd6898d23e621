"""A server that speaks clamd's protocol (IDSESSION, PING, VERSION, INSTREAM, FILDES), broken where a test says so.

with FakeClamd("/some/folder/fake.sock") as clamd:
    clamd.answer = lambda number, place, content: b"garbage"
    ClamAV(servers=(clamd.name,))
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
from typing import TYPE_CHECKING

from qsfilter.testing.messages import eicar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self

VERSION = b"ClamAV 1.4.6/27819/Thu Nov 19 18:27:13 2026"
FOUND = "Eicar-Test-Signature"
POLL_SECONDS = 0.05
LONGEST_SECONDS = 30.0


class FakeClamd:
    """Serves a unix socket, or a port of 127.0.0.1 where no path is given; each connection has a thread."""

    def __init__(self, path: str = "") -> None:
        """Listen on PATH."""
        self.on_connect: Callable[[socket.socket], object] = lambda _connection: None
        """Called with each new connection before it is served."""
        self.answer: Callable[[int, str, bytes], bytes | None] = self.usual
        """Given number (0 outside a session), place (`stream` or `fd[N]`) and content of a scan, what to send.

        None closes the connection.
        """
        self.version: bytes | None = VERSION
        """What to answer to VERSION; None for a server that refuses to, and closes the connection."""
        self.contents: list[bytes] = []
        """All that it was given to scan, in the order of arrival."""
        self.versions = 0
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

    @staticmethod
    def usual(number: int, place: str, content: bytes) -> bytes:
        """Answer as a real one does that knows EICAR."""
        said = f"{FOUND} FOUND" if eicar() in content else "OK"
        return _numbered(number, f"{place}: {said}".encode())

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
        reader = _Reader(connection, self._readable)
        with connection, contextlib.closing(reader), contextlib.suppress(OSError, EOFError):
            self.on_connect(connection)
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

    def __init__(self, connection: socket.socket, readable: Callable[[socket.socket], bool]) -> None:
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
