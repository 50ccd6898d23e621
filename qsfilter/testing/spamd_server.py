"""Runs a real spamd for tests, with a few rules that are written here: no download, no network but loopback.

Guarantee: only the process that was started here is stopped, by its number, and nothing is left outside the folder
when it has been stopped. Until then its rules lie in one of the system's temporary folders: started by root, spamd
reads them as nobody, who may not look into the folders that tests are given.

    with SpamdServer(directory) as spamd:
        SpamAssassin(servers=(f"unix:{spamd.socket}",))
"""

from __future__ import annotations

import os
import socket
import tempfile
from typing import TYPE_CHECKING

from qsfilter.testing.server_process import SECONDS, ServerProcess, free_port

if TYPE_CHECKING:
    from collections.abc import Sequence

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


class SpamdServer(ServerProcess):
    """One spamd on a unix socket and a port of 127.0.0.1, with RULES as its only rules and no network tests."""

    def __init__(self, directory: str | os.PathLike[str], *, rules: str = RULES, plugins: str = PLUGINS) -> None:
        """Work in DIRECTORY (made if missing, its path short: it holds a socket) with RULES and PLUGINS.

        Raises RuntimeError if spamd is not installed.
        """
        super().__init__("spamd", directory, "spamd")
        self.socket = self._in("spamd.sock")
        self.port = free_port()
        self._files = {"rules/test.cf": rules, "site/test.pre": plugins}
        self._readable: tempfile.TemporaryDirectory[str] | None = None

    def stop(self) -> None:
        """Let it end what it is doing, and stop it with its children."""
        super().stop()
        self._clean()

    def kill(self) -> None:
        """Kill it at once; its children end when they notice."""
        super().kill()
        self._clean()

    def _arguments(self) -> Sequence[str]:
        folder = self._write()
        return (
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
        )

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(SECONDS)
                connection.connect(self.socket)
                connection.sendall(b"PING SPAMC/1.5\r\n\r\n")
                return b"PONG" in connection.recv(1024)
        except OSError:
            return False

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
