"""Through the queue wrapper, as qmail calls it: what is queued, refused, and what happens to mail without a score."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter import Envelope
from qsfilter.testing import QueueStandIn, message
from qsfilter.testing.caller import Answer, call

if TYPE_CHECKING:
    from qsfilter.testing.fake_spamd import FakeSpamd
    from qsfilter.testing.spamd_server import SpamdServer

WRAPPER = Path(sys.prefix, "bin", "qsfilter-queue")
ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
RAW = message(b"text\n", subject="ten points")


class Site:
    """A configuration with spamd as its one scanner, and a queue."""

    def __init__(self, folder: Path, table: str) -> None:
        """Work in FOLDER; TABLE holds options of the plugin."""
        (folder / "queue").mkdir()
        self.queue = QueueStandIn(str(folder / "queue"))
        self.config = folder / "qsfilter.toml"
        deliver = f'[deliver]\nqmail_queue = "{self.queue.program}"\n[quarantine]\npath = "{folder}/quarantine"\n'
        self.config.write_text(f"{deliver}[plugins.spamassassin]\n{table}")

    def send(self, raw: bytes, **env: str) -> Answer:
        """Give RAW to the wrapper."""
        return call(str(WRAPPER), raw, ENVELOPE, environment={"QSFILTER_CONFIG": str(self.config), **env})


@pytest.mark.servers
def test_spam_is_queued_with_its_score_or_refused(tmp_path: Path, spamd: SpamdServer) -> None:
    """By the environment that tcpserver sets: a client with RELAYCLIENT is not asked about."""
    site = Site(tmp_path, f'servers = ["unix:{spamd.socket}"]\nreject = 8.0\n')
    assert site.send(RAW).accepted
    refused = site.send(message(b"text\n", subject="ten seven"))
    assert refused.code == 31
    assert "spam spamassassin" in refused.log
    assert site.send(message(b"text\n", subject="ten seven"), RELAYCLIENT="").accepted
    assert site.send(message(b"text\n", subject="ten seven"), RELAYCLIENT="", QS_SPAMASSASSIN="on").code == 31
    queued = [one.message for one in site.queue.queued]  # in no order
    (scored,) = [one for one in queued if b"\nX-Spam-Status: Yes, score=10.1" in one]
    assert scored.endswith(RAW)
    assert len(queued) == 2


def test_mail_waits_where_no_spamd_is(tmp_path: Path) -> None:
    """With a temporary code; the log says why."""
    site = Site(tmp_path, f'servers = ["unix:{tmp_path}/none.sock"]\n')
    answer = site.send(RAW)
    assert (answer.code, site.queue.queued) == (71, [])
    assert "failure not-scored" in answer.log


def test_the_wrapper_s_timer_ends_a_wait_that_was_meant_to_be_longer(tmp_path: Path, fake: FakeSpamd) -> None:
    """The sender's own fields are out of the way also where the plugin did not come to its end."""
    fake.on_connect = lambda _: fake.wait()
    site = Site(tmp_path, f'servers = ["{fake.name}"]\ntimeout = 0.5\non_error = "accept"\n')
    answer = site.send(b"X-Spam-Status: No\n" + RAW)
    assert answer.accepted, answer.log
    assert "failure timeout" in answer.log
    (queued,) = site.queue.queued
    assert b"\nX-Qmail-Scanner-MOVED-X-Spam-Status: No\n" in queued.message
