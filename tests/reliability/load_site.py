"""A whole mail server for a load: mailfront, the front, a service with the usual plugins, clamd, and a strict queue."""

from __future__ import annotations

import json
import re
import subprocess
from base64 import b64decode
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from qsfilter.cli.build_front import settings_of
from qsfilter.edge import edge, read
from qsfilter.queue.front import build
from qsfilter.testing.clamd_server import ClamdServer
from qsfilter.testing.service import until
from qsfilter.testing.smtp_server import SmtpServer
from tests.process.service_place import ServedSite
from tests.reliability.load_processes import Seen, seen, state_and_parent
from tests.reliability.load_trouble import rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

SOURCE = Path(__file__).with_name("load_queue.c")
WORKERS = 4
RECEIVED = re.compile(rb"Received: [^\n]*\n(?:[ \t][^\n]*\n)*")
NEW = "serving by the new configuration"
PLUGINS = """\
[rules]
files = ["{folder}/rules.py"]
[plugins.yara]
use = "qsfilter_yara:Yara"
[plugins.clamav]
use = "qsfilter_clamav:ClamAV"
servers = ["unix:{clamd}"]
[plugins.attachments]
use = "qsfilter_attachments:Attachments"
[plugins.headers]
use = "qsfilter_headers:Headers"
rules = [{{ field = "Subject", pattern = ".*you have won.*", kind = "spam", ignore_case = true }}]
[plugins.archive]
use = "qsfilter_archive:Archive"
path = "{folder}/archive"
[plugins.legacylog]
use = "qsfilter_legacylog:LegacyLog"
quarantine_log = "{folder}/quarantine.log"
mailstats = "{folder}/mailstats.csv"
"""


class Found(NamedTuple):
    """One message that was handed over or kept, as it was sent, without what is put in front of it."""

    raw: bytes
    sender: bytes
    recipients: tuple[bytes, ...]


class LoadSite(ServedSite):
    """The site; it runs within its block."""

    def __init__(self, folder: Path, *, collect_every: int | None = None) -> None:
        """Make everything in FOLDER but start nothing. COLLECT_EVERY takes the place of the workers' own number."""
        super().__init__(folder)
        self.program = str(folder / "queue-program")
        where = f'-DDIRECTORY="{self.queue_folder}"'
        command = ["cc", "-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", where, "-o", self.program, str(SOURCE)]
        subprocess.run(command, check=True, timeout=60)
        self.clamd = ClamdServer(folder / "clamd")
        text = PLUGINS.format(folder=folder, clamd=self.clamd.socket)
        self.configure(text, program=self.program, service=f"workers = {WORKERS}\nwaiting = 64")
        self._text = self.config.read_text()
        self._touched = 0
        self.write_rules(rules(0))
        source = read(str(self.config))
        self.front = str(folder / "front")
        build(settings_of(edge(source.table, source.path), source.path, ""), self.front)
        more = f"worker.COLLECT_EVERY = {collect_every}" if collect_every else ""
        self.service = super().service(grace=10.0, settle=0.2, more=more)
        self.smtp = SmtpServer(folder / "smtp", self.front)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Start all servers."""
        with self._stack:
            for server in (self.clamd, self.service, self.smtp):
                self._stack.enter_context(server)
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *details: object) -> None:
        """Stop them, the one that takes mail first."""
        self._stack.__exit__(*details)

    def write_rules(self, text: str, *, in_place: bool = False) -> None:
        """Let TEXT be the site's rules: by a rename, or IN PLACE."""
        path = self.folder / "rules.py"
        fresh = path if in_place else path.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(path)

    def touch_configuration(self) -> None:
        """Let the configuration be another file that says the same."""
        self._touched += 1
        fresh = self.config.with_suffix(".new")
        fresh.write_text(f"# Version {self._touched}.\n{self._text}")
        fresh.rename(self.config)

    def settled(self, sent: int) -> Seen:
        """Reload once more, wait until only new workers are left, and look at them when so many mails were SENT."""
        log = Path(self.service.directory, "service.log")
        before, old = log.stat().st_size, set(self.service.workers)
        self.service.reload()

        def is_new() -> bool:
            with log.open(encoding="utf-8", errors="replace") as file:
                file.seek(before)
                return NEW in file.read() and not old & set(self.service.workers)

        until(is_new)
        return self.quiet(sent)

    def quiet(self, sent: int) -> Seen:
        """Wait until all workers there should be are there, and nobody else, dead or alive; look at them."""
        master = self.service.pid

        def is_quiet() -> bool:
            children = [state_and_parent(pid) for pid in self.service.workers]
            return len(children) == WORKERS and all(state == "S" for state, _ in children)

        until(is_quiet)
        return seen(sent, master, self.service.workers)

    # --- what became of the mail -------------------------------------------------------------------------------------

    def handed(self) -> Iterator[Found]:
        """Yield what the queue program has taken."""
        for path in (self.queue_folder / "queue").iterdir():
            size, _, rest = path.read_bytes().partition(b"\0")
            envelope, message = rest[: int(size)], rest[int(size) :]
            sender, *recipients = envelope.removesuffix(b"\0\0").split(b"\0")
            raw = self.without_our_lines(message)
            yield Found(_as_sent(raw), sender[1:], tuple(recipient[1:] for recipient in recipients))

    def kept(self) -> Iterator[Found]:
        """Yield what is in quarantine."""
        for box in sorted(self.quarantine.iterdir()):
            if (box / "new").is_dir():
                yield from _copies(box)

    def archived(self) -> Iterator[Found]:
        """Yield what is in the archive."""
        yield from _copies(self.folder / "archive")

    def log_lines(self) -> Iterator[str]:
        """Yield the lines of the service's log."""
        yield from self.service.log.splitlines()


def _copies(box: Path) -> Iterator[Found]:
    for path in sorted((box / "new").iterdir()):
        told = json.loads((box / "sidecar" / f"{path.name}.json").read_bytes())
        recipients = tuple(map(b64decode, told["recipients"]))
        yield Found(_as_sent(path.read_bytes()), b64decode(told["sender"]), recipients)


def _as_sent(raw: bytes) -> bytes:
    """Return RAW without the field that mailfront has put on top."""
    found = RECEIVED.match(raw)
    assert found, raw[:200]
    assert b"client.example.org" in found[0], found[0]
    return raw[found.end() :]
