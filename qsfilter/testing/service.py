"""Runs `qsfilter serve` for tests, and hands messages in at its socket as a front does.

Guarantee: only processes that were started here are signalled, by their numbers, and every wait ends.

    with RunningService(configuration, directory) as service:
        hand_in(service.socket, raw, envelope).code
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from qsfilter.edge import Service, edge, read
from qsfilter.queue import protocol
from qsfilter.transport import envelope_bytes, file_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Self

    from qsfilter.model import Envelope
    from qsfilter.queue.protocol import Answer

SECONDS = 60.0
"""The most for any wait."""
PAGE = 4096


class RunningService:
    """One `qsfilter serve` with the configuration in a file; its log and its last good configuration in a folder."""

    def __init__(
        self,
        config: str | os.PathLike[str],
        directory: str | os.PathLike[str],
        *,
        program: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Have it serve by CONFIG, in DIRECTORY (made if missing), when it is started.

        PROGRAM takes the place of the installed `qsfilter serve`, and is given the same options.
        """
        self.config = os.fspath(config)
        self.directory = os.path.abspath(directory)
        self.process: subprocess.Popen[bytes] | None = None
        self.given: tuple[int, ...] = ()
        """Descriptors of ours that it gets, under the same numbers."""
        self.program = tuple(program) or (os.path.join(sys.prefix, "bin", "qsfilter"), "serve")
        self._environment = environment
        self._killed = False
        os.makedirs(self.directory, exist_ok=True)

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Stop it, by force where it does not end in time. Raises TimeoutExpired for that, RuntimeError for a crash."""
        if self.process is None:
            return
        if self.process.poll() is None:
            workers = self.workers
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill()
                for pid in workers:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                if kind is None:
                    raise
        if kind is None and self.process.returncode and not self._killed:
            raise RuntimeError(f"the service ended with code {self.process.returncode}: {self.log[-1000:]}")

    @property
    def socket(self) -> str:
        """Path of the socket that the configuration names."""
        source = read(self.config)
        return (edge(source.table, source.path).service or Service()).socket

    @property
    def pid(self) -> int:
        """Process number of the master."""
        assert self.process is not None  # noqa: S101 - a test that has not started it
        return self.process.pid

    @property
    def workers(self) -> list[int]:
        """Process numbers of the master's children."""
        try:
            with open(f"/proc/{self.pid}/task/{self.pid}/children", encoding="ascii") as file:
                return [int(number) for number in file.read().split()]
        except (FileNotFoundError, ProcessLookupError):
            return []

    @property
    def log(self) -> str:
        """What master and workers have logged so far, over all starts."""
        try:
            with open(self._log, encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def start(self) -> None:
        """Start it and wait until it serves. Raises RuntimeError with its last words if it ends or takes too long."""
        before = len(self.log)
        with open(self._log, "ab") as log:
            command = [*self.program, "--config", self.config, "--last-good", os.path.join(self.directory, "last-good")]
            self.process = subprocess.Popen(  # noqa: S603 - the installed program
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                pass_fds=self.given,
            )
        self._killed = False
        process = self.process
        until(lambda: "serving at " in self.log[before:] or process.poll() is not None)
        if process.poll() is not None:
            raise RuntimeError(f"the service does not start: {self.log[before:][-1000:]}")

    def stop(self) -> int:
        """Let it finish what it has in hand, and return its exit code. Raises TimeoutExpired."""
        assert self.process is not None  # noqa: S101 - as above
        self.process.terminate()
        return self.process.wait(SECONDS)

    def kill(self) -> None:
        """Kill the master at once; its workers end when they are done."""
        assert self.process is not None  # noqa: S101 - as above
        self._killed = True
        self.process.kill()
        self.process.wait(SECONDS)

    def reload(self) -> None:
        """Let it take over the configuration as it is now (SIGHUP)."""
        os.kill(self.pid, signal.SIGHUP)

    def await_log(self, text: str, times: int = 1) -> None:
        """Wait until TEXT stands in the log, so many TIMES. Raises TimeoutError with the end of the log."""
        try:
            until(lambda: self.log.count(text) >= times)
        except TimeoutError:
            raise TimeoutError(f"{text!r} is not in the log: {self.log[-2000:]}") from None

    @property
    def _log(self) -> str:
        return os.path.join(self.directory, "service.log")


def hand_in(
    path: str,
    raw: bytes,
    envelope: Envelope | bytes,
    environment: Mapping[bytes, bytes] | None = None,
    *,
    seconds: float = SECONDS,
) -> Answer:
    """Hand RAW and ENVELOPE in at the socket PATH as a front does, and return the answer.

    Raises BlockingIOError where the service is full, and OSError or ProtocolError for what else goes wrong.
    """
    with hand_in_only(path, raw, envelope, environment) as connection:
        return take_answer(connection, seconds)


def hand_in_only(
    path: str, raw: bytes, envelope: Envelope | bytes, environment: Mapping[bytes, bytes] | None = None
) -> socket.socket:
    """Hand RAW and ENVELOPE in, and return the connection on which the answer will come."""
    coded = envelope if isinstance(envelope, bytes) else envelope_bytes(envelope)
    connection = connected(path)
    try:
        # The message begins at a page, as behind the room that a front leaves.
        files = [read_only(bytes(PAGE) + raw), read_only(coded)]
        try:
            socket.send_fds(connection, [protocol.request(PAGE, len(raw), len(coded), environment or {})], files)
        finally:
            for number in files:
                os.close(number)
    except BaseException:
        connection.close()
        raise
    return connection


def connected(path: str) -> socket.socket:
    """Return a connection to PATH. Raises BlockingIOError where the service is full, and OSError."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.setblocking(False)
        connection.connect(path)
    except BaseException:
        connection.close()
        raise
    connection.settimeout(SECONDS)
    return connection


def read_only(data: bytes) -> int:
    """Return a descriptor, open for reading only, of a file without a name that has DATA in it."""
    number = file_of([data], len(data))
    try:
        return os.open(f"/proc/self/fd/{number}", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(number)


def take_answer(connection: socket.socket, seconds: float = SECONDS) -> Answer:
    """Return the answer that comes on CONNECTION within SECONDS. Raises OSError or ProtocolError."""
    end = time.monotonic() + seconds
    head = _take(connection, protocol.ANSWER.size, end)
    return protocol.read_answer(head, _take(connection, sum(protocol.answer_sizes(head)), end))


def _take(connection: socket.socket, size: int, end: float) -> bytes:
    found = b""
    while len(found) < size:
        if not select.select([connection], [], [], max(0.0, end - time.monotonic()))[0]:
            raise TimeoutError("no answer in time")
        piece = connection.recv(size - len(found))
        if not piece:
            raise ConnectionResetError("the service has closed the connection")
        found += piece
    return found


def until(holds: Callable[[], object], seconds: float = SECONDS) -> None:
    """Wait until HOLDS says so. Raises TimeoutError after SECONDS."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"it did not come true in {seconds:.0f} s")
        time.sleep(0.01)
