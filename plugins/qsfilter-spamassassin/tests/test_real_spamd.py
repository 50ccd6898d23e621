"""The plugin and a real spamd, from the received bytes to the maildir."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qsfilter import Action, Client, Envelope, Filter, Kind, Maildir
from qsfilter.config import from_table
from qsfilter.testing import examine, message
from qsfilter.testing.spamd_server import GTUBE, SpamdServer
from qsfilter_spamassassin import SpamAssassin

if TYPE_CHECKING:
    from pathlib import Path

    from qsfilter import Report
    from qsfilter.testing.fake_spamd import FakeSpamd

pytestmark = pytest.mark.servers
SPAM = message(GTUBE.encode() + b"\n")
ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))


def of(subject: str) -> bytes:
    return message(b"text\n", subject=subject)


def told(plugin: SpamAssassin, raw: bytes) -> list[tuple[str, str]]:
    return [(str(found), found.detail) for found in examine(Filter(plugin), raw).findings]


@pytest.mark.parametrize("scheme", ["unix", "tcp"])
def test_spam_and_other_mail(spamd: SpamdServer, scheme: str) -> None:
    """Over both kinds of socket; the envelope sender is known to spamd's rules."""
    server = f"unix:{spamd.socket}" if scheme == "unix" else f"tcp:127.0.0.1:{spamd.port}"
    plugin = SpamAssassin(servers=(server,))
    assert told(plugin, of("hello")) == [("note spamassassin", "0.1/5.0 FROM_ALICE")]
    assert told(plugin, of("three")) == [("note spamassassin", "3.1/5.0 FROM_ALICE,POINTS_THREE")]
    assert told(plugin, SPAM) == [("spam spamassassin", "1000.1/5.0 FROM_ALICE,GTUBE")]
    # 4.96 points: never rounded up to what would be spam
    assert told(plugin, of("almost")) == [("note spamassassin", "4.9/5.0 FROM_ALICE,POINTS_ALMOST_FIVE")]


def test_a_forged_return_path_is_not_believed(spamd: SpamdServer) -> None:
    """Ours stands above it."""
    raw = b"Return-Path: <alice@example.org>\n" + of("hello")
    envelope = Envelope(sender=b"mallory@example.net", recipients=(b"bob@example.com",))
    report = Filter(SpamAssassin(servers=(f"unix:{spamd.socket}",))).examine(raw, envelope, Client(ip="192.0.2.1"))
    assert report.findings[0].detail == "0.0/5.0"


@pytest.mark.parametrize("raw", [b"", b"\xff\x00no mail\n", SPAM.replace(b"\n", b"\r\n"), SPAM * 2000])
def test_whatever_the_message_is_it_gets_a_score(spamd: SpamdServer, raw: bytes) -> None:
    """Empty, without a header, with other line ends, near the limit."""
    (found, _) = told(SpamAssassin(servers=(f"unix:{spamd.socket}",)), raw[:500_000])[-1]
    assert found == ("spam spamassassin" if GTUBE.encode() in raw else "note spamassassin")


def test_points_of_rules(spamd: SpamdServer) -> None:
    """Out of a report in spamd's own words."""
    plugin = SpamAssassin(servers=(f"unix:{spamd.socket}",), rule_points=True)
    ((name, detail),) = told(plugin, of("three and ten"))
    points, _, rules = detail.partition(" ")
    assert (name, points) == ("spam spamassassin", "13.1/5.0")
    assert sorted(rules.split(",")) == ["FROM_ALICE=0.1", "POINTS_TEN=10", "POINTS_THREE=3.0"]


def test_the_recipient_is_the_user(spamd: SpamdServer) -> None:
    """The log of spamd says whose settings it looked for."""
    examine(Filter(SpamAssassin(servers=(f"unix:{spamd.socket}",), user_per_recipient=True)), of("hello"))
    assert "for bob@example.com:" in spamd.log


def test_check_finds_nothing_wrong(spamd: SpamdServer) -> None:
    """With either socket."""
    servers = (f"unix:{spamd.socket}", f"tcp:127.0.0.1:{spamd.port}")
    assert list(SpamAssassin(servers=servers).check()) == []


def test_spamd_goes_away_and_comes_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No message is taken for scored meanwhile, and nothing has to be started anew."""
    with SpamdServer(tmp_path_factory.mktemp("spamd")) as server:
        plugin = SpamAssassin(servers=(f"unix:{server.socket}",))
        assert told(plugin, SPAM)[0][0] == "spam spamassassin"
        server.stop()
        assert told(plugin, SPAM)[0][0] == "failure not-scored"
        server.start()
        assert told(plugin, SPAM)[0][0] == "spam spamassassin"


def test_a_spamd_that_does_not_start_says_why(tmp_path_factory: pytest.TempPathFactory) -> None:
    """As without the plugin that does the checking; its last words are in the error."""
    server = SpamdServer(tmp_path_factory.mktemp("spamd"), plugins="")
    with pytest.raises(RuntimeError, match="Check plugin"):
        server.start()


class Site:
    """A filter with a maildir and a quarantine, as a configuration makes them."""

    def __init__(self, folder: Path, server: str, **table: object) -> None:
        """Put both below FOLDER; TABLE holds options of the plugin."""
        self.folder = folder
        self.filter: Filter = from_table(
            {
                "deliver": {"maildir": str(folder / "mail")},
                "quarantine": {"path": str(folder / "held")},
                "plugins": {"spamassassin": {"servers": [server], **table}},
            },
            "test.toml",
        )

    def run(self, raw: bytes, client: Client | None = None) -> Report:
        """Have RAW filtered and delivered."""
        return self.filter.run(raw, ENVELOPE, client or Client(ip="192.0.2.1"))

    def delivered(self) -> list[bytes]:
        """Return what lies in the maildir."""
        return [path.read_bytes() for path in sorted((self.folder / "mail").glob("new/*"))]

    def held(self) -> list[bytes]:
        """Return what lies in quarantine."""
        return [path.read_bytes() for path in sorted((self.folder / "held").rglob("new/*"))]


def test_spam_is_delivered_with_its_score(spamd: SpamdServer, tmp_path: Path) -> None:
    """Fields on top, tag in the subject, the sender's own fields out of the way, every other byte as received."""
    site = Site(tmp_path, f"unix:{spamd.socket}", subject_tag="[SPAM]", rule_points=True)
    raw = b"X-Spam-Status: No, score=-100\n" + of("ten points")
    assert site.run(raw).outcome.exit == 0
    (mail,) = site.delivered()
    top, _, rest = mail.partition(b"X-Qmail-Scanner-MOVED-X-Spam-Status: No, score=-100\n")
    assert b"\nX-Spam-Status: Yes, score=10.1 required=5.0 tests=" in top
    assert b"\nX-Spam-Flag: YES\n" in top
    assert b"\nX-Spam-Level: **********\n" in top
    assert b"\n *    10 POINTS_TEN\n" in top
    assert rest == of("[SPAM] ten points")


def test_other_mail_is_delivered_as_received(spamd: SpamdServer, tmp_path: Path) -> None:
    """Below the fields."""
    site = Site(tmp_path, f"tcp:127.0.0.1:{spamd.port}", subject_tag="[SPAM]", quarantine=1.0)
    site.run(of("three points"))
    (mail,) = site.delivered()
    assert b"\nX-Spam-Status: No, score=3.1 required=5.0 tests=FROM_ALICE,POINTS_THREE\n" in mail
    assert b"X-Spam-Flag" not in mail
    assert mail.endswith(of("three points"))


@pytest.mark.parametrize(
    ("subject", "action", "code", "is_delivered", "is_held"),
    [
        ("five", Action.ACCEPT, 0, True, False),
        ("seven", Action.QUARANTINE, 0, False, True),
        ("ten", Action.DISCARD, 0, False, False),
        ("ten seven", Action.REJECT, 31, False, False),
    ],
)
def test_thresholds_do_what_they_say(
    spamd: SpamdServer, tmp_path: Path, subject: str, action: Action, code: int, is_delivered: bool, is_held: bool
) -> None:
    """Delivered, held, dropped or refused; what is held is what was received."""
    site = Site(tmp_path, f"unix:{spamd.socket}", quarantine=2.0, discard=5.0, reject=10.0)
    report = site.run(of(subject))
    assert report.outcome is not None
    assert (report.decision.action, report.outcome.exit) == (action, code)
    assert [mail.endswith(of(subject)) for mail in site.delivered()] == [True] * is_delivered
    assert [mail.endswith(of(subject)) for mail in site.held()] == [True] * is_held
    assert ("spam" in report.outcome.reply) is (action is Action.REJECT)


def test_relay_clients_are_not_checked_unless_they_want_to_be(spamd: SpamdServer, tmp_path: Path) -> None:
    """RELAYCLIENT and QS_SPAMASSASSIN, as tcprules set them."""
    site = Site(tmp_path, f"unix:{spamd.socket}", reject=1.0)
    assert site.run(SPAM, Client(ip="192.0.2.1", relay=True)).decision.action is Action.ACCEPT
    assert b"X-Spam" not in site.delivered()[0]
    forced = site.run(SPAM, Client(ip="192.0.2.1", relay=True, env={"QS_SPAMASSASSIN": "on"}))
    assert forced.decision.action is Action.REJECT


def test_the_site_decides_what_a_missing_score_does(spamd: SpamdServer, fake: FakeSpamd, tmp_path: Path) -> None:
    """Deferred by default, delivered with a header line that says so, or scored by the second server."""
    fake.answer = lambda _: b""
    assert Site(tmp_path / "a", fake.name).run(SPAM).decision.action is Action.DEFER
    lenient = Site(tmp_path / "b", fake.name, on_error="accept")
    lenient.run(b"X-Spam-Status: No\n" + SPAM)
    (mail,) = lenient.delivered()
    assert b"failure not-scored" in mail
    assert b"\nX-Qmail-Scanner-MOVED-X-Spam-Status: No\n" in mail
    report = Site(tmp_path / "c", fake.name).run(SPAM)
    assert report.findings[0].kind is Kind.FAILURE
    both = Filter(SpamAssassin(servers=(fake.name, f"unix:{spamd.socket}")))
    assert [str(found) for found in examine(both, SPAM).findings] == ["note server-failed", "spam spamassassin"]


def test_it_is_put_together_in_python(spamd: SpamdServer, tmp_path: Path) -> None:
    """As one's own queue wrapper does it."""
    plugin = SpamAssassin(servers=(f"unix:{spamd.socket}",), subject_tag="[SPAM]")
    chosen = Filter(plugin, transport=Maildir(path=str(tmp_path / "mail")))
    chosen.start()
    assert chosen.run(SPAM, ENVELOPE, Client(ip="192.0.2.1")).decision.action is Action.ACCEPT
    (mail,) = (path.read_bytes() for path in (tmp_path / "mail").glob("new/*"))
    assert b"\nSubject: [SPAM] a test\n" in mail
    assert b" by qsfilter (spamassassin " in mail
