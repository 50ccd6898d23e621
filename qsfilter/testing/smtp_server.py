"""Runs a real SMTP server for tests: mailfront under tcpserver, which hands each message to a QMAILQUEUE program.

Guarantee: loopback only; only the process that was started here is stopped, by its number, after its last session.

    with SmtpServer(directory, "/opt/qsfilter/bin/qsfilter-queue", {"QSFILTER_CONFIG": "…"}) as server:
        smtplib.SMTP("127.0.0.1", server.port)
"""

from __future__ import annotations

import os
import re
import select
import subprocess
import time
from typing import TYPE_CHECKING

from qsfilter.testing.server_process import SECONDS, ServerProcess, find

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGES = "--no-install-recommends mailfront ucspi-tcp"
MOST_SESSIONS = 64
PLUGINS = ("check-fqdn", "relayclient", "qmail-validate", "add-received")


class SmtpServer(ServerProcess):
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
        super().__init__("tcpserver", directory, PACKAGES)
        self._mailfront = find("mailfront", PACKAGES)
        self.port = 0
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

    def start(self) -> None:
        """Start it and wait until it listens. Raises RuntimeError with its last words if it does not."""
        number = str(MOST_SESSIONS)
        # No name is looked up and no client asked who it is; -1 prints the port once there is one.
        options = ["-v1HR", "-l", "localhost", "-c", number, "-b", number, *self._rules, "127.0.0.1", "0"]
        with open(self._in("out"), "wb") as log:
            self.process = subprocess.Popen(  # noqa: S603 - a program of the system, with our own arguments
                [self.program, *options, self._mailfront, "smtp", "qmail", *PLUGINS],
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
            self.kill()
            raise RuntimeError(f"tcpserver does not start: {self.log[-1000:]}")
        self.port = int(line)

    def stop(self) -> None:
        """Let the sessions end and stop it. Raises RuntimeError if one of them does not end; it is stopped anyway."""
        if self.process is None:
            return
        try:
            self.wait()
        finally:
            super().stop()

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
