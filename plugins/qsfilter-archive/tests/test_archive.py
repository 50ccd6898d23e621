"""The plugin: what it archives, when, and what happens when it can't.

Longer than most, as all of it goes through one plugin's `deliver`; the manifest has files of its own.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsfilter import (
    Action,
    Client,
    ConfigError,
    Entry,
    Envelope,
    Filter,
    Kept,
    Kind,
    Verdict,
    defer,
    discard,
    malware,
    quarantine,
    reject,
)
from qsfilter.config import from_table
from qsfilter.testing.contract import HOSTILE, PluginContract
from qsfilter.testing.messages import message
from qsfilter.testing.resources import no_file_above
from qsfilter.testing.running import Says
from qsfilter_archive import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from mmap import mmap
    from pathlib import Path

    from qsfilter import Head, Problem, Report

RAW = message(b"text\n")
BOB, CAROL = b"bob@example.com", b"carol@example.net"
ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(BOB, CAROL))
CLIENT = Client(ip="192.0.2.1", host="mail.example.org")


class TestContract(PluginContract):
    """What every plugin owes the core."""

    def make(self) -> object:
        """Make one that would archive everything."""
        return Archive(path="/nonexistent/archive", match="@example")


@dataclass
class NextHop:
    """A transport that remembers what it was given, and what lay in the archive by then."""

    archive: Path
    handed: list[Envelope] = field(default_factory=list)
    lines: bytes = b""
    seen: list[bytes] = field(default_factory=list)

    def hand_over(self, raw: bytes | mmap, head: Head, envelope: Envelope) -> int:
        """Take the message."""
        self.handed.append(envelope)
        self.lines = head.lines
        if os.access(self.archive, os.R_OK, effective_ids=True):
            self.seen = messages(self.archive)
        return 0


def messages(box: Path) -> list[bytes]:
    return [path.read_bytes() for folder in ("new", "cur") for path in sorted((box / folder).glob("*"))]


def sidecar(box: Path) -> dict[str, Any]:
    (path,) = (box / "sidecar").iterdir()
    told: dict[str, Any] = json.loads(path.read_text())
    return told


def run(
    box: Path,
    *plugins: object,
    raw: bytes = RAW,
    envelope: Envelope = ENVELOPE,
    **options: Any,  # noqa: ANN401
) -> tuple[Report, NextHop]:
    """Take RAW through a filter with PLUGINS and an archive with OPTIONS in BOX."""
    return run_with(Archive(path=str(box), **options), box, *plugins, raw=raw, envelope=envelope)


def run_with(
    archive: object, box: Path, *plugins: object, raw: bytes = RAW, envelope: Envelope = ENVELOPE
) -> tuple[Report, NextHop]:
    hop = NextHop(box)
    chosen = Filter(archive, *plugins, transport=hop, quarantine=str(box.parent / "quarantine"))
    chosen.start()
    return chosen.run(raw, envelope, CLIENT), hop


def archived(report: Report) -> tuple[Kept, ...]:
    assert report.outcome is not None
    return tuple(kept for kept in report.outcome.kept if kept.what == "archive")


def failures(report: Report) -> list[str]:
    return [found.source for found in report.findings if found.kind is Kind.FAILURE]


@pytest.mark.parametrize("raw", [*HOSTILE.values(), RAW, RAW.replace(b"\n", b"\r\n"), bytes(range(256)) * 9000])
def test_a_copy_is_byte_for_byte_what_was_received(box: Path, raw: bytes) -> None:
    """Whatever was received, and whatever becomes of it."""
    run(box, raw=raw)
    assert messages(box) == [raw]


def test_the_copy_lies_there_before_the_message_is_handed_over(box: Path) -> None:
    """So the next hop may lose the message and we have not."""
    report, hop = run(box)
    assert hop.seen == [RAW]
    assert hop.lines, "our own header lines are no part of the copy"
    assert archived(report) == (
        Kept(what="archive", where=str(box / "new" / report.key), recipients=ENVELOPE.recipients),
    )


def test_nobody_else_can_read_it(box: Path) -> None:
    """It is everybody's mail: neither names nor contents are to be seen."""
    run(box)
    modes = {path.stat().st_mode & 0o777 for path in (box, *box.rglob("*"))}
    assert modes == {0o700, 0o600}


def test_the_sidecar_holds_envelope_client_and_decision(box: Path) -> None:
    """What the original appended to the message stands beside it."""
    envelope = Envelope(sender=b"", recipients=(b"b\xff@example.com", BOB, BOB))
    report, _ = run(box, Says(votes=(quarantine("not for Bob", recipients=[BOB]),)), envelope=envelope)
    told = sidecar(box)
    assert told["key"] == report.key
    assert b64decode(told["sender"]) == b""
    assert tuple(map(b64decode, told["recipients"])) == envelope.recipients
    assert told["client"] == {"ip": "192.0.2.1", "host": "mail.example.org", "user": ""}
    assert (told["size"], told["sha256"]) == (len(RAW), report.message.root.blob.sha256)
    assert told["decision"]["action"] == "quarantine"
    groups = [
        (list(map(b64decode, group["recipients"])), group["action"], group["reason"])
        for group in told["decision"]["groups"]
    ]
    assert groups == [([b"b\xff@example.com"], "accept", ""), ([BOB], "quarantine", "not for Bob")]


@given(st.lists(st.binary(max_size=12) | st.sampled_from([b"../../x", b"/", b"new/x", b"a:2,S"]), min_size=1))
@settings(max_examples=25)
def test_no_address_becomes_a_file_name(tmp_path_factory: pytest.TempPathFactory, addresses: list[bytes]) -> None:
    """Files are named by the retry key, which is hexadecimal."""
    box = tmp_path_factory.mktemp("case") / "archive"
    report, _ = run(box, envelope=Envelope(sender=addresses[0], recipients=tuple(addresses[1:])))
    names = {os.path.relpath(path, box) for path in box.rglob("*") if path.is_file()}
    kept = {name for name in names if not name.startswith("manifest/")}
    assert kept == {f"new/{report.key}", f"sidecar/{report.key}.json"}
    assert len(names - kept) == 3, "a day's file and two locks"
    assert {path.name for path in box.parent.iterdir()} == {"archive"}


@pytest.mark.parametrize("flags", ["new", "cur", "cur:2,", "cur:2,S", "cur:2,FRSTab"])
def test_a_retry_replaces_the_copy(box: Path, flags: str) -> None:
    """Each attempt has a new Received on top; a reader may have moved the copy meanwhile."""
    report, _ = run(box)
    (kept,) = archived(report)
    folder, _, rest = flags.partition(":")
    os.rename(kept.where, box / folder / f"{report.key}{rest and ':' + rest}")
    retried = b"Received: from mail.example.org by mx.example.com; Sun, 22 Nov 2026 12:05:00 +0000\n" + RAW
    again, _ = run(box, raw=retried)
    assert again.key == report.key
    assert messages(box) == [retried]
    assert sidecar(box)["sha256"] == again.message.root.blob.sha256


def test_other_mail_gets_a_copy_of_its_own(box: Path) -> None:
    """As does the same message to somebody else."""
    run(box)
    run(box, raw=message(b"other text\n"))
    run(box, envelope=Envelope(sender=b"alice@example.org", recipients=(BOB,)))
    assert len(messages(box)) == 3


def test_recipients_with_different_fates_share_one_copy(box: Path) -> None:
    """Who is in quarantine and who gets the message are in one envelope."""
    report, hop = run(box, Says(votes=(quarantine("not for Bob", recipients=[BOB]),)))
    assert [envelope.recipients for envelope in hop.handed] == [(CAROL,)]
    assert [kept.recipients for kept in archived(report)] == [(BOB, CAROL)]
    assert messages(box) == [RAW]


@pytest.mark.parametrize("vote", [discard("x"), quarantine("x"), reject("x"), reject("x", keep=True)])
def test_what_is_not_delivered_is_archived_too(box: Path, vote: Verdict) -> None:
    """An archive holds every message that was answered, clean or not."""
    report, hop = run(box, Says(votes=(vote,)))
    assert messages(box) == [RAW]
    assert len(archived(report)) == 1
    assert not hop.handed


def test_a_virus_is_archived_as_it_is(box: Path) -> None:
    """The sidecar says that it is one."""
    run(box, Says(found=(malware("Win.Test"),)))
    assert messages(box) == [RAW]
    assert sidecar(box)["decision"]["groups"][0]["reason"] == "malware Win.Test"


def test_a_message_that_has_to_wait_is_not_archived(box: Path) -> None:
    """It comes again."""
    report, _ = run(box, Says(votes=(defer("x"),)))
    assert report.decision.action is Action.DEFER
    assert not box.exists()


def test_an_archive_is_no_quarantine(box: Path) -> None:
    """A message that can't be quarantined waits, even if a copy of it is archived."""
    (box.parent / "quarantine").write_bytes(b"in the way")
    report, hop = run(box, Says(votes=(quarantine("x"),)))
    assert report.outcome is not None
    assert report.outcome.exit == 71
    assert not hop.handed


@pytest.mark.parametrize(
    ("match", "wanted"),
    [
        ("all", True),
        ("yes", True),
        ("no", False),
        ("@example.org", True),
        ("CAROL@", True),
        (r"@example\.net$", True),
        (r"^carol@example\.net$|^x$", True),
        ("(all)", False),
        ("dave", False),
        (r"^example", False),
        (r"alice@example\.orgbob", False),
    ],
)
def test_a_pattern_is_searched_in_sender_and_recipients(box: Path, match: str, wanted: bool) -> None:
    """One address is enough, and each stands alone."""
    report, hop = run(box, match=match)
    assert messages(box) == [RAW] * wanted
    assert len(archived(report)) == wanted
    assert len(hop.handed) == 1


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Have a disk with room for 1000 bytes a file."""
    with no_file_above(1000):
        yield


@pytest.fixture
def no_permission(tmp_path: Path) -> Iterator[None]:
    """Be a user who may not write the folder in which the archive is to be made; root stops being root for it."""
    tmp_path.chmod(0o500)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)
    tmp_path.chmod(0o700)


LARGE = message(b"text\n" * 1000)


@pytest.mark.usefixtures("full_disk")
def test_mail_waits_while_the_disk_is_full(box: Path) -> None:
    """Nothing is handed over, and nothing is left half written."""
    report, hop = run(box, raw=LARGE)
    assert failures(report) == ["archive"]
    assert report.outcome is not None
    assert report.outcome.exit == 71
    assert not hop.handed
    assert [path for path in box.rglob("*") if path.stat().st_size and path.suffix != ".json" and path.is_file()] == []


@pytest.mark.usefixtures("no_permission")
def test_mail_waits_without_permission(box: Path) -> None:
    """The same where the folder can't be made."""
    report, hop = run(box)
    assert failures(report) == ["archive"]
    assert report.outcome is not None
    assert report.outcome.exit == 71
    assert not hop.handed


@pytest.mark.usefixtures("full_disk")
def test_a_site_may_prefer_delivery_to_a_full_archive(box: Path) -> None:
    """With `on_error = "accept"` the failure is reported and the mail goes on."""
    entry = Entry(name="archive", plugin=Archive(path=str(box)), on_error=Action.ACCEPT)
    report, hop = run_with(entry, box, raw=LARGE)
    assert failures(report) == ["archive"]
    assert report.outcome is not None
    assert report.outcome.exit == 0
    assert [envelope.recipients for envelope in hop.handed] == [(BOB, CAROL)]
    assert archived(report) == ()


@pytest.mark.usefixtures("no_permission")
def test_a_site_may_prefer_delivery_to_a_locked_archive(box: Path) -> None:
    """As above."""
    entry = Entry(name="archive", plugin=Archive(path=str(box)), on_error=Action.ACCEPT)
    report, hop = run_with(entry, box)
    assert failures(report) == ["archive"]
    assert len(hop.handed) == 1


def test_a_failed_retry_leaves_the_copy_that_is_there(box: Path, request: pytest.FixtureRequest) -> None:
    """What an earlier attempt kept is not touched before the new copy is durable."""
    run(box, raw=LARGE)
    request.getfixturevalue("full_disk")
    report, _ = run(box, raw=LARGE)
    assert failures(report) == ["archive"]
    assert messages(box) == [LARGE]


@pytest.mark.parametrize("path", ["", "archive", "./archive", "../archive", "/var/\0"])
def test_a_path_that_depends_on_the_caller_is_refused(path: str) -> None:
    """Wrappers run wherever the mail server stands."""
    with pytest.raises(ConfigError, match="path: takes an absolute path"):
        Archive(path=path)


def test_an_empty_pattern_is_refused() -> None:
    """It is in every address; who wants that says so."""
    with pytest.raises(ConfigError, match="match: takes all, no, or a pattern"):
        Archive(path="/var/archive", match="")


def test_mail_waits_for_a_pattern_that_can_be_used(box: Path) -> None:
    """A pattern that RE2 refuses stops the plugin when it starts, and its FAILURE every message."""
    report, hop = run(box, match="(")
    assert failures(report) == ["archive"]
    assert report.outcome is not None
    assert report.outcome.exit == 71
    assert not hop.handed


def problems(archive: Archive) -> list[Problem]:
    return list(archive.check())


def test_nothing_is_wrong_with_an_archive_that_can_be_made(box: Path) -> None:
    """Looking makes nothing."""
    assert problems(Archive(path=str(box), match="@example")) == []
    assert not box.exists()
    run(box)
    assert problems(Archive(path=str(box))) == []


def test_the_check_tells_of_pattern_and_path(tmp_path: Path) -> None:
    """Both at once, each with how to mend it."""
    (tmp_path / "file").write_bytes(b"")
    found = problems(Archive(path=str(tmp_path / "file" / "archive"), match="(?=x)"))
    assert ["RE2" in found[0].text, str(tmp_path / "file") in found[1].text] == [True, True]
    assert all(problem.mend and problem.fatal for problem in found)


def test_it_is_switched_on_by_its_table(box: Path) -> None:
    """The entry point bears the plugin's name, and the path has to be named."""
    with pytest.raises(ConfigError, match="path must be set"):
        from_table({"plugins": {"archive": {}}}, "test.toml")
    chosen = from_table({"plugins": {"archive": {"path": str(box), "match": "@example.org"}}}, "test.toml")
    (entry,) = (entry for entry in chosen.setup.registry.entries if entry.name == "archive")
    assert isinstance(entry.plugin, Archive)
