"""The tutorial *From nothing to a scanned qmail* can be followed: each command of `$` is run, in a scratch root.

Its clamd is a real one, with a small database; mailfront under tcpserver stands for qmail-smtpd.
"""

from __future__ import annotations

import re
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter import edge
from qsfilter.testing.clamd_server import ClamdServer
from qsfilter.testing.queue_stand_in import QueueStandIn
from qsfilter.testing.smtp_server import SmtpServer
from tests.doc_pages import BIN, DOCS, ROOT, assert_shows, bash, steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.doc_pages import Step

pytestmark = [pytest.mark.servers, pytest.mark.slow]

PAGE = DOCS / "tutorial/scanned-qmail.md"
OTHER_MACHINE = "127.0.0.2"
"""Where swaks sends from: not the machine itself, by the rules of the page."""
BY_HAND = {"apt-get", "systemctl", "freshclam", "ln", "svstat", "svc", "python3", "pip", "sed", "install"}
"""What is shown behind `#`: packages, users, signatures and supervision are nothing that a test can do."""


class Machine:
    """A scratch root in which the page is followed, with the servers that it asks for."""

    def __init__(self, folder: Path, servers: ExitStack) -> None:
        """Make what the page takes for granted in FOLDER; the servers that are started end with SERVERS."""
        self.folder = folder
        self.queue = QueueStandIn(str(folder))
        self.servers = servers
        self.smtp: SmtpServer | None = None
        for name in ("etc", "var/qmail/bin", "var/spool/qsfilter"):
            (folder / name).mkdir(parents=True)
        (folder / "var/qmail/bin/qmail-queue").symlink_to(self.queue.program)
        (folder / "var/qmail/bin/qmail-smtpd").write_bytes(b"\x7fELF QMAILQUEUE")
        self.clamd = servers.enter_context(ClamdServer(folder / "clamd"))
        self.config = folder / "etc/qsfilter/qsfilter.toml"

    def here(self, text: str) -> str:
        """Return TEXT with what is called so on the page as it is called in this root."""
        text = text.replace("setuidgid qmaild ", "").replace("/run/clamav/clamd.ctl", self.clamd.socket)
        text = text.replace("/opt/qsfilter/bin/", f"{BIN}/")
        return re.sub(r"(?<![\w.])/(etc/|var/spool/|var/qmail/)", rf"{self.folder}/\1", text)

    def run(self, step: Step) -> str:
        """Run a command of the page and return what it prints."""
        command = self.here(step.text)
        if command.startswith("swaks "):
            rules = str(self.folder / "etc/tcp.smtp.cdb")
            if self.smtp is None:
                environment = {edge.VARIABLE: str(self.config)}
                self.smtp = self.servers.enter_context(
                    SmtpServer(self.folder / "smtp", self.queue.program, environment, rules=rules)
                )
            server = f"127.0.0.1:{self.smtp.port} --local-interface {OTHER_MACHINE}"
            command = command.replace("192.0.2.10", server)
        done = bash(command, ROOT, {edge.VARIABLE: str(self.config)})
        assert "Traceback" not in done.stdout, done.stdout
        return done.stdout


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """Make a machine whose servers end with the test."""
    assert shutil.which("swaks"), "swaks is not installed; as root: apt-get install swaks"
    with ExitStack() as servers:
        yield Machine(tmp_path, servers)


def test_the_page_can_be_followed(machine: Machine) -> None:
    for step in steps(PAGE):
        if step.what == "save":
            file = Path(machine.here(step.text))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(machine.here(step.shown))
        elif step.what == "$":
            assert_shows(step.shown, machine.run(step))
    queued = [bool(re.search(rb"^X-QSFilter: ", mail.message, re.MULTILINE)) for mail in machine.queue.queued]
    assert queued == [True] * 3, "two of the self-test and a letter"
    assert len(list((machine.folder / "var/spool/qsfilter/quarantine").glob("*/new/*"))) == 4


def test_only_what_a_test_can_t_do_is_left_to_the_reader() -> None:
    for step in steps(PAGE):
        if step.what == "#":
            words = step.text.removeprefix("setuidgid clamav ").split()
            assert words[0].rpartition("/")[2] in BY_HAND, step.text
