"""Starts a program of the system as a server, and stops it; clamd, spamd and tcpserver run so.

Guarantee: only the process that was started here is stopped, by its number, and every wait ends.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

SECONDS = 60.0
"""The most for a start or a stop."""


class ServerProcess:
    """One program in the foreground, with a folder of its own."""

    def __init__(self, program: str, directory: str | os.PathLike[str], package: str) -> None:
        """Find PROGRAM and make DIRECTORY, its path short where it is to hold a socket.

        Raises RuntimeError that names the PACKAGE of Debian if it is not installed.
        """
        self.program = find(program, package)
        self.directory = os.path.abspath(directory)
        self.process: subprocess.Popen[bytes] | None = None
        os.makedirs(self.directory, exist_ok=True)

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    @property
    def log(self) -> str:
        """What it has written so far."""
        return self._read("out")

    def start(self) -> None:
        """Start it and wait until it answers. Raises RuntimeError with its last words if it ends or takes too long."""
        with open(self._in("out"), "wb") as out:
            # In its folder: stopped while it loads signatures, clamd 1.4 writes a log under a name that it has freed.
            self.process = subprocess.Popen(  # noqa: S603 - a program of the system, with our own files
                [self.program, *self._arguments()],
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        end = time.monotonic() + SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise RuntimeError(f"{os.path.basename(self.program)} does not start: {self._read('out')[-1000:]}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Let it end what it is doing, and stop it."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """Kill it at once, whatever it is doing."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _arguments(self) -> Sequence[str]:
        raise NotImplementedError

    def _answers(self) -> bool:
        raise NotImplementedError

    def _in(self, name: str) -> str:
        return os.path.join(self.directory, name)

    def _read(self, name: str) -> str:
        try:
            with open(self._in(name), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""


def find(program: str, package: str) -> str:
    """Return where PROGRAM is on PATH or among the servers. Raises RuntimeError that says which PACKAGE has it."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"))
    found = shutil.which(program, path=path)
    if found is None:
        raise RuntimeError(f"{program} is not installed; as root: apt-get install {package}")
    return found


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
