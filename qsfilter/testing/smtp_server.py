"""Runs a real SMTP server for tests: mailfront under tcpserver, which hands each message to a QMAILQUEUE program.

Guarantee: loopback only; only the process that was started here is stopped, by its number, after its last session.

    with SmtpServer(directory, "/opt/qsfilter/bin/qsfilter-queue", {"QSFILTER_CONFIG": "…"}) as server:
        smtplib.SMTP("127.0.0.1", server.port)
"""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

MISSING = "{} is not installed; as root: apt-get install --no-install-recommends mailfront ucspi-tcp"
SECONDS = 60.0
"""The most for a start, a stop, or the end of all sessions."""
MOST_SESSIONS = 64
PLUGINS = ("check-fqdn", "relayclient", "qmail-validate", "add-received")


class SmtpServer:
    """A server on a free port of 127.0.0.1 that takes mail for example.com, from relays for anybody."""

    def __init__(
        self,
        directory: str | os.PathLike[str],
        queue: str,
        environment: Mapping[str, str] | None = None,
        *,
        rules: str = "",
    ) -> None:
        """Write what mailfront reads in DIRECTORY; QUEUE is the QMAILQUEUE program, run with the ENVIRONMENT.

        RULES is a file that tcprules has compiled. Raises RuntimeError if one of the programs is not installed.
        """
        path = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"))
        self._programs = [find(name, path) for name in ("tcpserver", "mailfront")]
        self.directory = os.path.abspath(directory)
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        for folder in ("control", "tmp"):
            os.makedirs(self._in(folder), exist_ok=True)
        for name, text in (("me", "localhost"), ("rcpthosts", "example.com")):
            with open(self._in(f"control/{name}"), "w", encoding="utf-8") as file:
                file.write(f"{text}\n")
        self.environment = {
            "PATH": os.defpath,
            "QMAILHOME": self.directory,
            "QMAILQUEUE": queue,
            "SMTPGREETING": "localhost",
            "TMPDIR": self._in("tmp"),
            **(environment or {}),
        }
        self._rules = ["-x", rules] if rules else []

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    @property
    def log(self) -> str:
        """What tcpserver, mailfront and the queue program have written so far."""
        with open(self._in("log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def start(self) -> None:
        """Start it and wait until it listens. Raises RuntimeError with its last words if it does not."""
        tcpserver, mailfront = self._programs
        number = str(MOST_SESSIONS)
        # No name is looked up and no client asked who it is; -1 prints the port once there is one.
        options = ["-v1HR", "-l", "localhost", "-c", number, "-b", number, *self._rules, "127.0.0.1", "0"]
        with open(self._in("log"), "wb") as log:
            self.process = subprocess.Popen(  # noqa: S603 - a program of the system, with our own arguments
                [tcpserver, *options, mailfront, "smtp", "qmail", *PLUGINS],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert self.process.stdout is not None  # noqa: S101 - for mypy; it is a pipe
        with self.process.stdout as told:
            ready = select.select([told], [], [], SECONDS)[0]
            line = told.readline() if ready else b""
        if not line.strip().isdigit():
            self.process.kill()
            self.process.wait()
            raise RuntimeError(f"tcpserver does not start: {self.log[-1000:]}")
        self.port = int(line)

    def stop(self) -> None:
        """Let the sessions end and stop it. Raises RuntimeError if one of them does not end; it is stopped anyway."""
        if self.process is None:
            return
        try:
            self.wait()
        finally:
            self.process.terminate()
            try:
                self.process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def wait(self, sessions: int = 0) -> None:
        """Wait until SESSIONS have ended in all, and none is open. Raises RuntimeError if that takes too long."""
        end = time.monotonic() + SECONDS
        while True:
            log = self.log
            begun, ended = (len(re.findall(rf"^tcpserver: {word} ", log, re.MULTILINE)) for word in ("pid", "end"))
            if begun == ended >= sessions:
                return
            if time.monotonic() > end:
                raise RuntimeError(f"{begun - ended} SMTP sessions are still open: {log[-1000:]}")
            time.sleep(0.01)

    def _in(self, name: str) -> str:
        return os.path.join(self.directory, name)


def find(program: str, path: str) -> str:
    """Return where PROGRAM is on PATH. Raises RuntimeError that says how to get it."""
    found = shutil.which(program, path=path)
    if found is None:
        raise RuntimeError(MISSING.format(program))
    return found
