"""A site of one's own for every test: a queue, a quarantine, a configuration, and the wrapper in front of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter.model import Envelope
from qsfilter.testing.caller import call
from qsfilter.testing.messages import attachment, eicar, message, part
from qsfilter.testing.queue_stand_in import QueueStandIn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qsfilter.testing.caller import Answer

WRAPPER = Path(sys.prefix, "bin", "qsfilter-queue")
QSFILTER = str(Path(sys.prefix, "bin", "qsfilter"))
# The module is named so that the wrapper need not search the installed distributions.
YARA = '[plugins.yara]\nuse = "qsfilter_yara:Yara"\n'
OWN_WRAPPER = """\
#!{python} -I
import sys

import qsfilter.queue.wrapper
from qsfilter import *
from qsfilter.queue import main

{source}

qsfilter.queue.wrapper.GRACE_SECONDS = 0.5  # in production 10
transport = QmailQueue(program=({queue!r},))
sys.exit(main(Filter({plugins}, transport=transport, quarantine={quarantine!r}, limits=Limits({limits}))))
"""


class Site:
    """A folder with a queue stand-in, a quarantine and a configuration."""

    clean = message(b"Nothing is wrong with this.\n")
    infected = message(part(b"Look at this.\n"), attachment(eicar(), "harmless.txt"), subject="infected")
    envelope = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com", b"carol@example.com"))
    envelope_sent = b"Falice@example.org\0Tbob@example.com\0Tcarol@example.com\0\0"

    def __init__(self, folder: Path) -> None:
        """Make the site in FOLDER."""
        self.folder = folder
        self.wrapper = str(WRAPPER)
        self.queue_folder = folder / "qmail"
        self.queue_folder.mkdir()
        self.queue = QueueStandIn(str(self.queue_folder))
        self.quarantine = folder / "quarantine"
        self.config = folder / "qsfilter.toml"
        self.configure()

    def configure(self, text: str = YARA, *, program: str = "", deliver: str = "") -> None:
        """Write a configuration: TEXT behind the tables for the quarantine and the queue PROGRAM (the stand-in)."""
        self.config.write_text(
            f'[quarantine]\npath = "{self.quarantine}"\n'
            f'[deliver]\nqmail_queue = "{program or self.queue.program}"\n{deliver}\n{text}'
        )

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment for a call: next to nothing, the configuration, and MORE."""
        return {"PATH": os.defpath, "QSFILTER_CONFIG": str(self.config), **more}

    def call(
        self,
        raw: bytes,
        envelope: Envelope | bytes | None = None,
        *,
        program: str | Sequence[str] = "",
        environment: Mapping[str, str] | None = None,
        reply_descriptor: int = -1,
        reply_code: int = 82,
    ) -> Answer:
        """Give RAW to PROGRAM, the wrapper where none is named, as `qmail.c` would."""
        return call(
            program or self.wrapper,
            raw,
            self.envelope if envelope is None else envelope,
            environment=environment or self.environment(),
            reply_descriptor=reply_descriptor,
            reply_code=reply_code,
        )

    def run_quarantine(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `qsfilter quarantine` with ARGUMENTS and more ENVIRONMENT."""
        done = subprocess.run(
            [QSFILTER, "quarantine", *arguments],
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def own_wrapper(self, source: str, plugins: str, *, seconds: float = 20, **limits: int) -> str:
        """Write a queue wrapper of a site's own: SOURCE in it, the PLUGINS that SOURCE makes, and other LIMITS."""
        text = OWN_WRAPPER.format(
            python=sys.executable,
            source=source,
            queue=self.queue.program,
            quarantine=str(self.quarantine),
            plugins=plugins or "*()",
            limits=", ".join(f"{name}={value}" for name, value in {"seconds": seconds, **limits}.items()),
        )
        return self.script("own-wrapper", text)

    def script(self, name: str, text: str) -> str:
        """Write an executable file NAME and return its path."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o755)
        return str(path)

    @property
    def kept(self) -> list[Path]:
        """The messages in all boxes of the quarantine."""
        return sorted(self.quarantine.glob("*/new/*"))

    @property
    def untouched(self) -> bool:
        """Nothing is queued and nothing is kept."""
        return not self.queue.queued and not self.kept

    def queued(self) -> tuple[bytes, bytes]:
        """Return the one message in the queue without our header lines, and its envelope."""
        (only,) = self.queue.queued
        return self.without_our_lines(only.message), only.envelope

    @staticmethod
    def without_our_lines(delivered: bytes) -> bytes:
        """Return DELIVERED behind the one field of ours, which must stand on top."""
        assert delivered.startswith(b"X-QSFilter: ")
        end = delivered.index(b"\n") + 1
        while delivered[end : end + 1] == b" ":
            end = delivered.index(b"\n", end) + 1
        return delivered[end:]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a new site, whose wrapper is the installed one and whose engine is the EICAR rule."""
    return Site(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def _wrapper_is_there() -> None:
    """Say at once what is missing, before every test fails in its own way."""
    assert WRAPPER.exists(), f"there is no {WRAPPER}; run this with the Python of `make venv`"
