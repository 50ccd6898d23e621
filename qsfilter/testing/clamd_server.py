"""Runs a real clamd for tests, with a small database that is written here: no download, no network but loopback.

Guarantee: only the process that was started here is stopped, by its number, and nothing is left outside the folder.

    with ClamdServer(directory) as clamd:
        ClamAV(servers=(f"unix:{clamd.socket}",))
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import socket
import tarfile
import time
from typing import TYPE_CHECKING

from qsfilter.testing.messages import eicar
from qsfilter.testing.server_process import SECONDS, ServerProcess, free_port

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TEST_FILE = "71e7b604d18aefd839e51a39c88df8383bb4c071dc31f87f00a2b5df580d4495:544:ClamAV-Test-File"
"""clam.exe by its SHA-256: the harmless program in every file of Debian's clamav-testfiles."""
DAILY = 27_819
"""Number of the daily database, as VERSION tells it."""


class ClamdServer(ServerProcess):
    """One clamd on a unix socket and a port of 127.0.0.1; `options` go into its clamd.conf, over those set here."""

    def __init__(
        self, directory: str | os.PathLike[str], options: Mapping[str, str] | None = None, *, age: float = 0.0
    ) -> None:
        """Write configuration and database in DIRECTORY (made if missing, its path short: it holds a socket).

        AGE is that of the signatures in seconds. Raises RuntimeError if clamd is not installed.
        """
        super().__init__("clamd", directory, "clamav-daemon")
        self.socket = self._in("clamd.sock")
        self.port = free_port()
        for folder in ("db", "tmp"):
            os.makedirs(self._in(folder), exist_ok=True)
        self._write("db/test.hsb", TEST_FILE.encode() + b"\n")
        self._write("db/test.ndb", b"Test.EICAR:0:*:" + eicar().hex().encode() + b"\n")
        self._write("db/daily.cud", daily(time.time() - age))
        settings = {
            "Foreground": "yes",
            "DatabaseDirectory": self._in("db"),
            "TemporaryDirectory": self._in("tmp"),
            "LocalSocket": self.socket,
            "FixStaleSocket": "yes",
            "TCPSocket": str(self.port),
            "TCPAddr": "127.0.0.1",
            "LogFile": self._in("clamd.log"),
            "LogVerbose": "yes",
            "AlertExceedsMax": "yes",
            "AlertEncrypted": "yes",
            "StreamMaxLength": "25M",
            "MaxFileSize": "25M",
            **(options or {}),
        }
        self._write("clamd.conf", "".join(f"{key} {value}\n" for key, value in settings.items()).encode())

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self._read("clamd.log")

    def command(self, command: str) -> str:
        """Send COMMAND (PING, VERSION, RELOAD) and return the answer, empty if there is none. Raises OSError."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(SECONDS)
            connection.connect(self.socket)
            connection.sendall(f"z{command}\0".encode())
            return connection.recv(1024).rstrip(b"\0").decode()

    def _arguments(self) -> Sequence[str]:
        return ("-c", self._in("clamd.conf"))

    def _answers(self) -> bool:
        try:
            return self.command("PING") == "PONG"
        except OSError:
            return False

    def _write(self, name: str, data: bytes) -> None:
        with open(self._in(name), "wb") as file:
            file.write(data)


def daily(built: float, number: int = DAILY) -> bytes:
    """Return an unsigned daily database (.cud) made at BUILT, with one signature that nothing has.

    It is what makes VERSION tell a number and a date; the site's own databases have neither.
    """
    date = time.strftime("%d %b %Y %H-%M +0000", time.gmtime(built))
    head = f"ClamAV-VDB:{date}:{number}:1:90:X:X:tests:{int(built)}"
    signature = b"Test.Nothing:0:*:" + os.urandom(16).hex().encode() + b"\n"
    listed = f"{head}\ndaily.ndb:{len(signature)}:{hashlib.sha256(signature).hexdigest()}\n".encode()
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in (("daily.info", listed), ("daily.ndb", signature)):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return head.ljust(512).encode() + gzip.compress(file.getvalue())
