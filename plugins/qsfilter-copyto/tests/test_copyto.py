"""Copies of spam and policy hits: to whom, of what, once, never of malware, and never of a copy.

Longer than most, as every test needs the same rules and outbox to see one copy.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import (
    Action,
    Client,
    ConfigError,
    Entry,
    Envelope,
    Filter,
    Finding,
    Kind,
    Verdict,
    malware,
    policy,
    quarantine,
    spam,
)
from qsfilter.config import from_table
from qsfilter.outbox import mails
from qsfilter.outbox.sending import Sender
from qsfilter.outbox.settings import Outbox
from qsfilter.outbox.ways import Answer
from qsfilter.testing import attachment, message, part
from qsfilter.testing.caller import call
from qsfilter.testing.contract import PluginContract
from qsfilter.testing.queue_stand_in import QueueStandIn
from qsfilter.testing.running import Says
from qsfilter_copyto import CopyTo
from qsfilter_copyto.addresses import LONGEST_ADDRESS, filled, is_address

if TYPE_CHECKING:
    from mmap import mmap

    from qsfilter import Head, Report

ALICE, BOB, CAROL = b"alice@example.org", b"bob@example.com", b"carol@example.net"
RAW = message(b"text\n")
SPAM = spam("score", detail="12.3 of 5.0")


class TestContract(PluginContract):
    """What every plugin owes the core."""

    def make(self) -> object:
        """Make one whose outbox can't be written."""
        return CopyTo(to=("spam@example.com",), outbox="/nonexistent/outbox")


@dataclass
class NextHop:
    """A transport, and a way for the outbox, that remember what they were given."""

    taken: list[tuple[Envelope, bytes]] = field(default_factory=list)

    def hand_over(self, raw: bytes | mmap, head: Head, envelope: Envelope) -> int:
        """Take the message."""
        self.taken.append((envelope, head.lines + bytes(raw[head.offset :])))
        return 0

    def send(self, raw: bytes | mmap, offset: int, envelope: Envelope) -> Answer:
        """Take the copy."""
        self.taken.append((envelope, bytes(raw[offset:])))
        return Answer()


@dataclass
class Site:
    """A filter with the plugin, and its outbox."""

    folder: Path
    options: dict[str, Any]

    @property
    def box(self) -> str:
        """The outbox."""
        return str(self.folder / "outbox")

    def run(
        self, found: tuple[Finding, ...] = (SPAM,), votes: tuple[Verdict, ...] = (), *, raw: bytes = RAW,
        recipients: tuple[bytes, ...] = (BOB, CAROL), on_error: Action | None = None, mode: str = "enforce",
    ) -> Report:  # fmt: skip
        """Take RAW through it."""
        made = CopyTo(outbox=self.box, **({"to": ("spam@example.com",)} | self.options))
        entry = Entry(name="copyto", plugin=made, on_error=on_error, shadow=mode == "shadow")
        says = Says(found=found, votes=votes)
        chosen = Filter(entry, says, transport=NextHop(), quarantine=str(self.folder / "quarantine"))
        chosen.start()
        return chosen.run(raw, Envelope(sender=ALICE, recipients=recipients), Client(ip="192.0.2.1"))

    @property
    def copies(self) -> list[tuple[Envelope, bytes]]:
        """What waits."""
        folder = Path(self.box, "new")
        found = [mails.Mail(path.read_bytes()) for path in sorted(folder.glob("*"))]
        return [(mail.envelope, bytes(mail.raw[mail.offset :])) for mail in found]

    def send(self) -> NextHop:
        """Send it."""
        way = NextHop()
        Sender(outbox=Outbox(path=self.box), way=way, say=lambda _: None).send_due()
        return way


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Make a site with one mailbox for copies."""
    return Site(tmp_path, {})


def stopped(*because: Finding, **options: Any) -> Verdict:  # noqa: ANN401
    return vote(Action.QUARANTINE, *because, **options)


def vote(action: Action, *because: Finding, recipients: tuple[bytes, ...] | None = None) -> Verdict:
    return Verdict(action=action, reason="x", because=because or (SPAM,), recipients=recipients)


def test_a_copy_is_what_was_received_under_one_field(site: Site) -> None:
    report = site.run(votes=(stopped(),))
    ((envelope, raw),) = site.copies
    assert envelope == Envelope(sender=b"", recipients=(b"spam@example.com",))
    assert raw.endswith(RAW)
    name = os.listdir(f"{site.box}/new")[0]
    assert raw.removesuffix(RAW).decode() == (
        "X-QSFilter-Copy: quarantine;\n spam score 12.3 of 5.0;\n"
        f" for=bob@example.com;\n for=carol@example.net;\n id={name}\n"
    )
    assert report.outcome is not None
    (kept,) = (kept for kept in report.outcome.kept if kept.what == "copy")
    assert kept.recipients == (BOB, CAROL)
    assert mails.Mail(Path(kept.where).read_bytes()).envelope == envelope


@pytest.mark.parametrize(
    ("said", "options", "copied"),
    [
        (stopped(), {}, True),
        (vote(Action.DISCARD), {}, True),
        (vote(Action.REJECT), {}, True),
        (vote(Action.DEFER), {}, False),
        (vote(Action.ACCEPT), {}, False),
        (vote(Action.ACCEPT), {"actions": ("accept",)}, True),
        (stopped(), {"actions": ("reject",)}, False),
        (stopped(), {"kinds": ("policy",)}, False),
        (stopped(policy("extension .exe")), {}, True),
        (stopped(policy("extension .exe")), {"names": ("extension *",)}, True),
        (stopped(policy("extension .exe")), {"names": ("header *",)}, False),
        (quarantine("no finding"), {}, False),
    ],
)
def test_what_is_copied(site: Site, said: Verdict, options: dict[str, Any], copied: bool) -> None:
    site.options = options
    site.run(said.because, (said,))
    assert len(site.copies) == copied


def test_spam_that_the_table_accepts_is_copied_where_that_is_wanted(site: Site) -> None:
    site.run()
    assert site.copies == []
    site.options = {"actions": ("accept",)}
    site.run()
    assert len(site.copies) == 1


def test_a_rule_that_names_no_finding_stops_it_for_all(site: Site) -> None:
    site.run((), (quarantine("a rule"),))
    assert site.copies == []
    site.run((SPAM,), (quarantine("a rule"),))
    assert len(site.copies) == 1


@pytest.mark.parametrize("wanted", ["quarantine", "accept"])
def test_malware_is_never_copied(site: Site, wanted: str) -> None:
    site.options = {"actions": ("quarantine", "discard", "reject", "accept")}
    votes = (stopped(),) if wanted == "quarantine" else ()
    site.run((SPAM, malware("Win.Test")), votes)
    assert site.copies == []
    with pytest.raises(ConfigError, match="malware is never copied"):
        CopyTo(to=("a@example.com",), kinds=("spam", "malware"))


def test_each_recipient_has_a_folder(site: Site) -> None:
    site.options = {"to": ("{local}-spam@{domain}",)}
    site.run(votes=(stopped(),))
    ((envelope, raw),) = site.copies
    assert envelope.recipients == (b"bob-spam@example.com", b"carol-spam@example.net")
    assert b"for=" not in raw.partition(b"id=")[0], "nobody learns of the others"
    site.run(votes=(stopped(),), recipients=(BOB,))
    (raw,) = (raw for envelope, raw in site.copies if len(envelope.recipients) == 1)
    assert b" for=bob@example.com;" in raw


def test_a_mailbox_and_folders_have_a_copy_each(site: Site) -> None:
    site.options = {"to": ("spam@example.com", "{local}+spam@{domain}", "abuse@example.com")}
    site.run(votes=(stopped(),))
    assert sorted(envelope.recipients for envelope, _ in site.copies) == [
        (b"bob+spam@example.com", b"carol+spam@example.net"),
        (b"spam@example.com", b"abuse@example.com"),
    ]


def test_only_recipients_for_whom_it_was_stopped_count(site: Site) -> None:
    site.options = {"to": ("{local}-spam@{domain}",)}
    site.run(votes=(stopped(recipients=(BOB,)),))
    ((envelope, raw),) = site.copies
    assert envelope.recipients == (b"bob-spam@example.com",)
    assert b"carol" not in raw


@pytest.mark.parametrize(
    "recipient", [b"root", b"@example.com", b"bob@", b"a\nb@example.com", b"a b@example.com", b"<a>@b"]
)
def test_what_makes_no_address_gets_no_copy_and_is_told(
    site: Site, recipient: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    site.options = {"to": ("{local}-spam@{domain}",)}
    report = site.run(votes=(stopped(),), recipients=(recipient, BOB))
    ((envelope, _),) = site.copies
    assert envelope.recipients == (b"bob-spam@example.com",)
    assert "copyto: id=" in capfd.readouterr().err
    assert report.outcome is not None
    assert report.outcome.exit == 0


@given(st.binary(max_size=1000))
def test_an_address_that_is_made_is_an_address(recipient: bytes) -> None:
    made = filled("{local}-spam@{domain}", recipient)
    assert not made or (is_address(made) and len(made) <= LONGEST_ADDRESS)
    assert filled("{local}", b"{domain}@x") == b""
    assert filled("{local}@{domain}", b"{domain}@{local}") == b"{domain}@{local}"


def test_a_retry_makes_no_second_copy(site: Site) -> None:
    first = site.run(votes=(stopped(),))
    again = site.run(votes=(stopped(),), raw=b"Received: from mail.example.org by mx.example.com; now\n" + RAW)
    assert first.key == again.key
    assert len(site.copies) == 1
    assert len(site.send().taken) == 1
    site.run(votes=(stopped(),))
    assert site.copies == []


def test_a_copy_that_comes_back_is_not_copied_again(site: Site) -> None:
    site.run(votes=(stopped(),))
    ((_, raw),) = site.send().taken
    for _ in range(2):
        raw = b"Received: from elsewhere.example.net by mx.example.com; later\n" + raw
        report = site.run(votes=(stopped(),), raw=raw, recipients=(b"spam@example.com",))
        assert site.copies == []
        assert report.decision.action is Action.QUARANTINE


@pytest.mark.parametrize("value", ["yes", "id=x", "id=../../x", f"id=copyto.{'0' * 64}.{'0' * 16}", "id=" * 300])
def test_somebody_elses_field_keeps_no_copy_back(site: Site, value: str) -> None:
    site.run(votes=(stopped(),), raw=message(b"text\n", fields={"X-QSFilter-Copy": value}))
    assert len(site.copies) == 1


def test_two_tables_make_a_copy_each(site: Site) -> None:
    site.run(votes=(stopped(),))
    site.options = {"to": ("abuse@example.com",)}
    site.run(votes=(stopped(),))
    assert len(site.copies) == 2


def test_the_field_is_ascii_of_short_lines(site: Site) -> None:
    found = tuple(policy(f"näme\r\nX-Evil: {number}", detail="d" * 900) for number in range(30))
    recipients = tuple(b"b\xff%d@example.com" % number for number in range(100))
    site.run(found, (stopped(*found),), raw=RAW.replace(b"\n", b"\r\n"), recipients=recipients)
    ((_, raw),) = site.copies
    added = raw.removesuffix(RAW.replace(b"\n", b"\r\n"))
    lines = added.split(b"\r\n")
    assert added.isascii()
    assert all(len(line) <= 200 and line.decode().isprintable() for line in lines)
    assert all(line.startswith(b" ") for line in lines[1:-1])
    assert b" and 20 more findings;" in lines
    assert b" and 80 more recipients;" in lines


def test_mail_waits_for_a_copy_that_can_not_be_put(site: Site) -> None:
    Path(site.box).write_bytes(b"in the way")
    report = site.run(votes=(stopped(),))
    assert report.outcome is not None
    assert report.outcome.exit == 71
    assert [found.source for found in report.findings if found.kind is Kind.FAILURE] == ["copyto"]
    report = site.run(votes=(stopped(),), on_error=Action.ACCEPT)
    assert report.outcome is not None
    assert report.outcome.exit == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"to": ()}, "at least one"),
        ({"to": ("postmaster",)}, "a mail address"),
        ({"to": ("a b@example.com",)}, "a mail address"),
        ({"to": ("{user}@example.com",)}, "knows {local}"),
        ({"to": ("{local@example.com",)}, "knows {local}"),
        ({"sender": "{local}@example.com"}, "one address"),
        ({"sender": "x"}, "a mail address"),
        ({"kinds": ()}, "takes some of"),
        ({"kinds": ("spma",)}, "takes some of"),
        ({"actions": ("defer",)}, "takes some of"),
        ({"outbox": "outbox"}, "an absolute path"),
    ],
)
def test_mistakes_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        CopyTo(**({"to": ("a@example.com",)} | options))


def test_it_is_switched_on_by_its_table() -> None:
    with pytest.raises(ConfigError, match="to must be set"):
        from_table({"plugins": {"copyto": {}}}, "test.toml")
    table = {"plugins": {"copyto": {"to": ["a@example.com"]}}, "outbox": {"path": "/srv/outbox"}}
    (entry,) = (entry for entry in from_table(table, "test.toml").setup.registry.entries if entry.name == "copyto")
    assert isinstance(entry.plugin, CopyTo)
    assert entry.plugin.outbox == "/srv/outbox"


def test_the_check_tells_of_an_outbox_that_can_not_be_written(tmp_path: Path) -> None:
    def told(outbox: Path) -> list[str]:
        return [problem.text for problem in CopyTo(to=("a@example.com",), outbox=str(outbox)).check()]

    assert told(tmp_path / "outbox") == []
    (tmp_path / "file").write_bytes(b"")
    (text,) = told(tmp_path / "file" / "outbox")
    assert text.startswith("copyto.outbox: ")


def test_a_copy_goes_from_the_wrapper_to_the_queue_past_the_filter(tmp_path: Path) -> None:
    stand_in = QueueStandIn(str(tmp_path / "queue"))
    raw = message(part(b"text\n"), attachment(b"MZ", "setup.exe"))
    configuration = tmp_path / "qsfilter.toml"
    configuration.write_text(
        f'[deliver]\nqmail_queue = "{stand_in.program}"\n[quarantine]\npath = "{tmp_path}/spool/quarantine"\n'
        '[actions]\npolicy = "quarantine"\n[plugins.attachments]\nblock = [".exe"]\n'
        '[plugins.copyto]\nto = ["{local}-spam@{domain}"]\n'
    )
    bin_folder = Path(sys.executable).parent
    environment = {"QSFILTER_CONFIG": str(configuration), "QMAILQUEUE": str(bin_folder / "qsfilter-queue")}
    for _ in range(2):  # the sender's server tries again
        answer = call(
            environment["QMAILQUEUE"], raw, Envelope(sender=ALICE, recipients=(BOB,)), environment=environment
        )
        assert answer.accepted, answer.log
    assert stand_in.queued == []
    command = [str(bin_folder / "qsfilter"), "outbox", "send"]
    subprocess.run(command, check=True, env={**os.environ, **environment}, capture_output=True)
    (queued,) = stand_in.queued
    assert queued.envelope == b"F\0Tbob-spam@example.com\0\0"
    assert queued.message.startswith(b"X-QSFilter-Copy: quarantine;\n policy extension .exe ")
    assert queued.message.endswith(raw)
