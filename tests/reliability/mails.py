"""The messages of the tests that kill and fail us, and what must hold of each afterwards, judged from outside.

Guarantee: a message is handed over whole, or kept whole, or its sender tries again; nothing else passes `check`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.builtin.quarantine import BOXES
from qsfilter.cli import main
from qsfilter.held.removal import STRAY_SECONDS, stored, strays
from qsfilter.testing.caller import PERMANENT
from qsfilter.testing.messages import attachment, eicar, message, part

if TYPE_CHECKING:
    from pathlib import Path

    from tests.process.conftest import Site

CONFIGURATION = """\
[[policy]]
match = { kind = "policy", recipient = "bob@example.com" }
action = "accept"
[plugins.yara]
use = "qsfilter_yara:Yara"
[plugins.attachments]
use = "qsfilter_attachments:Attachments"
block = [".exe"]
"""
"""Mail with an attachment in .exe is for Bob alone; for others it is kept."""


@dataclass(frozen=True)
class Mail:
    """A message and what should become of it: to whom it is handed over, and for whom it is kept."""

    name: str
    raw: bytes
    given: tuple[str, ...]
    handed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    anew: bool = False
    """It is the first one ever that is kept: there is no quarantine yet."""

    def envelope(self, recipients: tuple[str, ...]) -> bytes:
        """Return what stands on descriptor 1 for RECIPIENTS."""
        return b"Falice@example.org\0" + b"".join(b"T%b\0" % recipient.encode() for recipient in recipients) + b"\0"

    def check(self, site: Site, code: int) -> None:
        """Assert that nothing is half there, and that the exit code CODE was true."""
        assert code not in PERMANENT, "refused for good"
        queued = [(site.without_our_lines(taken.message), taken.envelope) for taken in site.queue.queued]
        assert queued in ([], [(self.raw, self.envelope(self.handed))]), "queued in another way"
        assert not queued or self.handed, "handed over what was to be kept"
        kept = [self._kept(copy) for copy in site.kept]
        assert kept in ([], [self.kept]), "kept in another way"
        if queued:
            assert kept or not self.kept, "handed over before the copy of the others was there"
        if code == 0:
            assert bool(queued) == bool(self.handed), "accepted, and not handed over"
            assert bool(kept) == bool(self.kept), "accepted, and not kept"
        self._check_files(site)

    def _kept(self, copy: Path) -> tuple[str, ...]:
        """Return for whom COPY is kept, which must be whole, and so must be what stands beside it."""
        assert copy.read_bytes() == self.raw, "a copy with other bytes"
        told = json.loads((copy.parent.parent / "sidecar" / f"{copy.name}.json").read_text())
        assert (told["size"], told["sha256"]) == (len(self.raw), hashlib.sha256(self.raw).hexdigest())
        assert base64.b64decode(told["sender"]) == b"alice@example.org"
        return tuple(base64.b64decode(recipient).decode() for recipient in told["recipients"])

    @staticmethod
    def _check_files(site: Site) -> None:
        """Assert that no file is there that nobody would ever remove."""
        known = {f"{copy.box}/{file}" for copy in stored(str(site.quarantine)) for file, _ in copy.files} | {
            f"{box}/tmp/{name}" for box, name, _ in strays(str(site.quarantine), time.time() + 2 * STRAY_SECONDS)
        }
        there = {str(path.relative_to(site.quarantine)) for path in files(site.quarantine)}
        assert there <= known, f"stray files: {there - known}"


def files(folder: Path) -> list[Path]:
    """Return everything in FOLDER and below it that is no folder."""
    return [path for path in folder.rglob("*") if not path.is_dir()]


CLEAN = Mail(
    name="clean",
    raw=message(b"Nothing is wrong with this.\n"),
    given=("bob@example.com", "carol@example.com"),
    handed=("bob@example.com", "carol@example.com"),
)
INFECTED = Mail(
    name="infected",
    raw=message(part(b"Look at this.\n"), attachment(eicar(), "harmless.txt"), subject="infected"),
    given=("bob@example.com", "carol@example.com"),
    kept=("bob@example.com", "carol@example.com"),
    anew=True,
)
SPLIT = Mail(
    name="split",
    raw=message(part(b"Look at this.\n"), attachment(b"MZ", "setup.exe"), subject="not for everybody"),
    given=("carol@example.com", "bob@example.com", "dave@example.com"),
    handed=("bob@example.com",),
    kept=("carol@example.com", "dave@example.com"),
)
MAILS = (CLEAN, INFECTED, SPLIT)
NEXT = message(b"The one after.\n", subject="next")


def take_next(site: Site) -> None:
    """Take the message NEXT out of the queue of SITE, where it must be once."""
    found = []
    for path in (site.queue_folder / "queue").iterdir():
        size, _, rest = path.read_bytes().partition(b"\0")
        if site.without_our_lines(rest[int(size) :]) == NEXT:
            found.append(path)
    assert len(found) == 1, f"the next message is {len(found)} times in the queue"
    found[0].unlink()


def expire_everything(site: Site) -> None:
    """Assert that `qsfilter quarantine expire` would remove all that lies in the quarantine of SITE, in time."""
    for path in files(site.quarantine):
        os.utime(path, (0, 0))
    assert main(["quarantine", "expire", "--config", str(site.config)]) == 0
    assert not [path for box in BOXES for path in files(site.quarantine / box)]
