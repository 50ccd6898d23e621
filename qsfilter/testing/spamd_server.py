"""Runs a real spamd for tests, with a few rules that are written here: no download, no network but loopback.

Guarantee: only the process that was started here is stopped, by its number, and nothing is left outside the folder
when it has been stopped. Until then its rules lie in one of the system's temporary folders: started by root, spamd
reads them as nobody, who may not look into the folders that tests are given.

    with SpamdServer(directory) as spamd:
        SpamAssassin(servers=(f"unix:{spamd.socket}",))
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self

MISSING = "spamd is not installed; as root: apt-get install spamd"
SECONDS = 60.0
"""The most for a start or a stop."""
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
"""What makes every message spam, by 1,000 points."""
PLUGINS = "loadplugin Mail::SpamAssassin::Plugin::Check\n"
"""The one without which nothing is checked."""
RULES = r"""
required_score 5.0
use_bayes 0
util_rb_tld com net org
body GTUBE /XJS\*C4JDBQADN1\.NSBN3\*2IDNEN\*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL\*C\.34X/
score GTUBE 1000
describe GTUBE Generic Test for Unsolicited Bulk Email
header POINTS_THREE Subject =~ /three/
score POINTS_THREE 3
header POINTS_FIVE Subject =~ /five/
score POINTS_FIVE 5
header POINTS_SEVEN Subject =~ /seven/
score POINTS_SEVEN 7.1
header POINTS_TEN Subject =~ /ten/
score POINTS_TEN 10
header POINTS_ALMOST_FIVE Subject =~ /almost/
score POINTS_ALMOST_FIVE 4.86
header FROM_ALICE EnvelopeFrom =~ /^alice\@example\.org$/
score FROM_ALICE 0.1
report Content analysis details:
report _SUMMARY_
"""
"""Rules by which a test chooses the points of a message with words in its subject."""


class SpamdServer:
    """One spamd on a unix socket and a port of 127.0.0.1, with RULES as its only rules and no network tests."""

    def __init__(self, directory: str | os.PathLike[str], *, rules: str = RULES, plugins: str = PLUGINS) -> None:
        """Work in DIRECTORY (made if missing, its path short: it holds a socket) with RULES and PLUGINS.

        Raises RuntimeError if spamd is not installed.
        """
        path = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"))
        self.program = shutil.which("spamd", path=path)
        if self.program is None:
            raise RuntimeError(MISSING)
        self.directory = os.path.abspath(directory)
        self.socket = self._in("spamd.sock")
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._files = {"rules/test.cf": rules, "site/test.pre": plugins}
        self._readable: tempfile.TemporaryDirectory[str] | None = None
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
        """What it has logged so far."""
        try:
            with open(self._in("out"), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def start(self) -> None:
        """Start it and wait until it answers. Raises RuntimeError with its last words if it ends or takes too long."""
        assert self.program is not None  # noqa: S101 - for mypy; the constructor has looked
        folder = self._write()
        command = [
            self.program,
            "--local",
            "--nouser-config",
            "--max-children=2",
            f"--configpath={folder}/rules",
            f"--siteconfigpath={folder}/site",
            f"--helper-home-dir={folder}/home",
            f"--socketpath={self.socket}",
            "--socketmode=666",
            f"--listen=127.0.0.1:{self.port}",
            "--syslog=stderr",
        ]
        with open(self._in("out"), "wb") as out:
            self.process = subprocess.Popen(  # noqa: S603 - a program of the system, with our own files
                command, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
            )
        end = time.monotonic() + SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise RuntimeError(f"spamd does not start: {self.log[-1000:]}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Let it end what it is doing, and stop it with its children."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self._clean()

    def kill(self) -> None:
        """Kill it at once; its children end when they notice."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self._clean()

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(SECONDS)
                connection.connect(self.socket)
                connection.sendall(b"PING SPAMC/1.5\r\n\r\n")
                return b"PONG" in connection.recv(1024)
        except OSError:
            return False

    def _in(self, name: str) -> str:
        return os.path.join(self.directory, name)

    def _write(self) -> str:
        """Write rules and plugins where nobody can read them too, and return that folder."""
        self._readable = tempfile.TemporaryDirectory(prefix="qsfilter-spamd-")
        folder = self._readable.name
        os.chmod(folder, 0o755)  # noqa: S103 - these rules are no secret
        for name in ("rules", "site", "home"):
            os.mkdir(os.path.join(folder, name))
        for name, text in self._files.items():
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(text)
        return folder

    def _clean(self) -> None:
        if self._readable is not None:
            self._readable.cleanup()
            self._readable = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
