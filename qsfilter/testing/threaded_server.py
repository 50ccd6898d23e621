"""A server in threads of the test's own process, on loopback; those that fake a protocol are made of it.

Guarantee: every wait ends with the server, and every thread with it.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

POLL_SECONDS = 0.05
LONGEST_SECONDS = 30.0


class ThreadedServer:
    """Serves a unix socket, or a port of 127.0.0.1 where no path is given; each connection has a thread."""

    def __init__(self, path: str = "") -> None:
        """Listen on PATH."""
        self.on_connect: Callable[[socket.socket], object] = lambda _connection: None
        """Called with each new connection before it is served."""
        self.connections = 0
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        self._listener.bind(path or ("127.0.0.1", 0))
        self._listener.listen(64)
        self.port: int = 0 if path else self._listener.getsockname()[1]
        self.name = f"unix:{path}" if path else f"tcp:127.0.0.1:{self.port}"
        """As an option `servers` names it."""

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

    def serve(self, connection: socket.socket) -> None:
        """Speak on CONNECTION, which is closed behind it; OSError and EOFError end it.

        This is what a server of your own writes.
        """
        raise NotImplementedError

    def readable(self, *sockets: socket.socket) -> list[socket.socket]:
        """Wait until some of SOCKETS can be read, and return those; none once the server stops.

        Raises OSError where a test has closed one.
        """
        while not self._stopped.is_set():
            try:
                ready = select.select(sockets, [], [], POLL_SECONDS)[0]
            except ValueError as error:
                raise OSError("closed by the test") from error
            if ready:
                return ready
        return []

    def wait(self) -> None:
        """Do nothing until the test is over."""
        self._stopped.wait(LONGEST_SECONDS)

    def _run(self, function: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while self.readable(self._listener):
            connection, _ = self._listener.accept()
            self.connections += 1
            self._run(self._converse, connection)

    def _converse(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, EOFError):
            self.on_connect(connection)
            self.serve(connection)
