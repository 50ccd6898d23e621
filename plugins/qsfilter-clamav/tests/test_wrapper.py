"""Through the queue wrapper, as qmail calls it: what is delivered, and what happens to mail that was not scanned."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter import Envelope
from qsfilter.testing import QueueStandIn, attachment, eicar, message
from qsfilter.testing.caller import Answer, call

if TYPE_CHECKING:
    from qsfilter.testing.clamd_server import ClamdServer
    from qsfilter.testing.fake_clamd import FakeClamd

WRAPPER = Path(sys.prefix, "bin", "qsfilter-queue")
ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
GOOD = message(attachment(b"good", "1.bin"))
BAD = message(attachment(eicar(), "e.com"))


class Site:
    """A configuration with clamd as its one engine, and a queue."""

    def __init__(self, folder: Path, clamav: str) -> None:
        (folder / "queue").mkdir()
        self.kept = folder / "quarantine"
        self.queue = QueueStandIn(str(folder / "queue"))
        self.config = folder / "qsfilter.toml"
        deliver = f'[deliver]\nqmail_queue = "{self.queue.program}"\n[quarantine]\npath = "{self.kept}"\n'
        self.config.write_text(f"{deliver}[plugins.clamav]\n{clamav}")

    def send(self, raw: bytes) -> Answer:
        """Give RAW to the wrapper."""
        return call(str(WRAPPER), raw, ENVELOPE, environment={"QSFILTER_CONFIG": str(self.config)})


@pytest.mark.servers
def test_mail_is_scanned_and_the_header_says_by_whom(tmp_path: Path, clamd: ClamdServer) -> None:
    """Good mail is queued, bad mail is kept and not queued."""
    site = Site(tmp_path, f'servers = ["unix:{clamd.socket}"]\n')
    answer = site.send(GOOD)
    assert answer.accepted, answer.log
    (queued,) = site.queue.queued
    head = queued.message.removesuffix(GOOD)
    assert head != queued.message
    assert b"27819" in head
    answer = site.send(BAD)
    assert answer.accepted, answer.log
    assert "malware Test.EICAR.UNOFFICIAL" in answer.log
    assert len(site.queue.queued) == 1
    assert [path for path in site.kept.rglob("*") if path.is_file()]


@pytest.mark.parametrize("raw", [GOOD, BAD])
def test_mail_waits_where_no_clamd_is(tmp_path: Path, raw: bytes) -> None:
    """With a temporary code; the log says why."""
    site = Site(tmp_path, f'servers = ["unix:{tmp_path}/none.sock"]\n')
    answer = site.send(raw)
    assert (answer.code, site.queue.queued) == (71, [])
    assert "failure not-scanned" in answer.log


def test_a_site_may_have_unscanned_mail_rather_than_none(tmp_path: Path) -> None:
    """By `on_error`, which is the core's."""
    site = Site(tmp_path, f'servers = ["unix:{tmp_path}/none.sock"]\non_error = "accept"\n')
    assert site.send(GOOD).accepted
    assert len(site.queue.queued) == 1


def test_the_wrapper_s_timer_ends_a_wait_that_was_meant_to_be_longer(tmp_path: Path, fake: FakeClamd) -> None:
    """The table's `timeout` is below `seconds` here, and the server is silent."""
    fake.answer = lambda *_: b""
    site = Site(tmp_path, f'servers = ["{fake.name}"]\ntimeout = 0.5\n')
    answer = site.send(GOOD)
    assert (answer.code, site.queue.queued) == (71, [])
    assert "failure timeout" in answer.log
    assert answer.seconds < 20


def test_a_wrong_option_is_named(tmp_path: Path) -> None:
    """And mail waits."""
    site = Site(tmp_path, 'server = "unix:/run/clamav/clamd.ctl"\n')
    answer = site.send(GOOD)
    assert answer.code == 55
    assert "did you mean 'servers'?" in answer.log
