"""`qsfilter replay` of a maildir and of an mbox file: bytes, envelopes, and one file of expectations."""

from __future__ import annotations

import hashlib
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as some

from qsfilter.cli import main
from qsfilter.replay import cases, units
from qsfilter.replay.mbox import messages
from qsfilter.replay.settings import of_delivered
from qsfilter.testing.messages import attachment, message

if TYPE_CHECKING:
    from pathlib import Path

DIFFERS, UNREADABLE = 1, 2
HARMLESS = message(b"hello\n")
FORBIDDEN = message(attachment(b"hello", "x.exe"))
FROM = b"From alice@example.org Sun Nov 22 12:00:00 2026\n"


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def quoted(raw: bytes) -> bytes:
    """Write RAW as an mboxrd does."""
    lines = raw.splitlines(keepends=True)
    return b"".join(b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines)


def read(path: Path, *, mboxo: bool = False) -> list[bytes]:
    return [case.build() for unit in units(str(path), mboxo=mboxo) for case in unit.cases()]


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    """A maildir with a message in each folder, and what is no message."""
    for folder in ("cur", "new", "tmp"):
        (tmp_path / "Maildir" / folder).mkdir(parents=True)
    made = tmp_path / "Maildir"
    (made / "new/2.M1.host").write_bytes(HARMLESS)
    (made / "cur/1.M1.host:2,S").write_bytes(FORBIDDEN)
    (made / "tmp/3.M1.host").write_bytes(b"half a mess")
    (made / "cur/.nfs1").write_bytes(b"")
    return made


@pytest.fixture
def mbox(tmp_path: Path) -> Path:
    """An mbox of two messages."""
    made = tmp_path / "inbox"
    made.write_bytes(FROM + quoted(HARMLESS) + b"\n" + FROM + quoted(FORBIDDEN) + b"\n")
    return made


def test_the_messages_of_a_maildir_are_those_in_cur_and_new(maildir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(maildir)]) == 0
    assert said(capsys) == [
        "1.M1.host as it came: reject; policy extension .exe",
        "2.M1.host as it came: accept",
        "2 cases, nothing is expected of them",
    ]


def test_expectations_of_a_maildir_stand_beside_it(maildir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Under the SHA-256 of each message, so that flags and folders may change."""
    assert main(["replay", "--update", str(maildir)]) == 0
    table = tomllib.loads((maildir.parent / "Maildir.expect").read_text())
    assert table == {
        hashlib.sha256(HARMLESS).hexdigest(): {"action": "accept", "findings": []},
        hashlib.sha256(FORBIDDEN).hexdigest(): {"action": "reject", "findings": ["policy extension .exe"]},
    }
    (maildir / "new/2.M1.host").rename(maildir / "cur/2.M1.host:2,RS")
    assert main(["replay", str(maildir)]) == 0
    (maildir / "new/4.M1.host").write_bytes(message(b"bye\n"))
    capsys.readouterr()
    assert main(["replay", str(maildir)]) == DIFFERS
    assert said(capsys)[0] == "4.M1.host as it came: it is not in Maildir.expect; --update writes it"


def test_an_update_of_a_mailbox_keeps_what_people_wrote(mbox: Path) -> None:
    """Also of messages that are gone; and it writes nothing where nothing changes."""
    beside = mbox.with_name("inbox.expect")
    key = hashlib.sha256(HARMLESS).hexdigest()
    beside.write_text(f'[{key}]\naction = "reject"\ncomment = "why"\n[gone]\naction = "accept"\n')
    assert main(["replay", "--update", str(mbox)]) == 0
    table = tomllib.loads(beside.read_text())
    assert table[key] == {"action": "accept", "comment": "why"}
    assert table["gone"] == {"action": "accept"}
    beside.write_text("# by hand\n" + beside.read_text())
    assert main(["replay", "--update", str(mbox)]) == 0
    assert beside.read_text().startswith("# by hand\n")


@pytest.mark.parametrize("text", ["x = 1", "[x]\nfinding = 1"])
def test_expectations_of_a_mailbox_that_cannot_be_read(mbox: Path, text: str) -> None:
    """An update does not write over them."""
    beside = mbox.with_name("inbox.expect")
    wrong = f'"{hashlib.sha256(HARMLESS).hexdigest()}"'
    beside.write_text(text.replace("x", wrong, 1))
    assert main(["replay", str(mbox)]) == UNREADABLE
    before = beside.read_text()
    assert main(["replay", "--update", str(mbox)]) == UNREADABLE
    assert beside.read_text() == before


def test_an_mbox_is_known_by_its_first_line(mbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(mbox)]) == 0
    assert said(capsys)[:2] == [
        "inbox:1 as it came: accept",
        "inbox:2 as it came: reject; policy extension .exe",
    ]


@given(
    some.lists(
        some.lists(
            some.sampled_from([b"From x\n", b">From x\n", b">>From\n", b"\n", b"a\n", b"From\n", b"\r\n", b"\0\n"])
        )
        .map(b"".join)
        .map(lambda raw: b"Subject: x\n" + raw),
        min_size=1,
        max_size=4,
    )
)
def test_the_bytes_of_an_mbox_are_those_that_were_written(
    tmp_path_factory: pytest.TempPathFactory, written: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("mbox") / "inbox"
    path.write_bytes(b"".join(FROM + quoted(raw) + b"\n" for raw in written))
    got = read(path)
    # A CR LF of a writer that uses them is not told from a message that ends with one.
    assert [raw.removesuffix(b"\r\n") for raw in got] == [raw.removesuffix(b"\r\n") for raw in written]


@pytest.mark.parametrize("step", [1, 2, 5, 6, 7, 64])
def test_a_from_line_is_found_wherever_the_file_is_cut_for_reading(
    mbox: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr("qsfilter.replay.mbox.STEP", step)
    assert read(mbox) == [HARMLESS, FORBIDDEN]


def test_an_mbox_with_crlf(tmp_path: Path) -> None:
    """All its line ends stay."""
    path = tmp_path / "inbox"
    one, two = b"Subject: x\r\n\r\nFrom me\r\n", b"Subject: y\r\n\r\nbye\r\n"
    line = FROM.replace(b"\n", b"\r\n")
    path.write_bytes(line + quoted(one) + b"\r\n" + line + two + b"\r\n")
    assert read(path) == [one, two]


def test_an_mboxo_quotes_once(tmp_path: Path) -> None:
    path = tmp_path / "inbox"
    path.write_bytes(FROM + b"\n>From a\n>>From b\n\n")
    assert read(path) == [b"\nFrom a\n>From b\n"]
    assert read(path, mboxo=True) == [b"\nFrom a\n>>From b\n"]


@pytest.mark.parametrize("tail", [b"", b"\n", b"\n\n", b"x"])
def test_an_mbox_that_is_cut_off_keeps_what_is_there(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "inbox"
    path.write_bytes(FROM + b"a: b\n\n" + tail)
    (raw,) = read(path)
    assert raw == (b"a: b\n\n" + tail).removesuffix(b"\n") if tail != b"x" else b"a: b\n\nx"


def test_an_mbox_that_is_cut_while_it_is_read(tmp_path: Path) -> None:
    """It says what is there; nothing breaks."""
    path = tmp_path / "inbox"
    path.write_bytes(FROM + b"a: b\n\nhello\n\n" + FROM + b"c: d\n\nbye\n\n")
    one, two = messages(str(path))
    path.write_bytes(FROM)
    assert (one.message(), two.message(), two.from_line()) == (b"", b"", b"")


@pytest.mark.parametrize(
    ("raw", "line", "sender", "recipients"),
    [
        (b"Return-Path: <a@example.org>\nDelivered-To: b@example.com\nReceived: x\n\n", b"", b"a@example.org", "b"),
        (b"Received: x\n y\nDelivered-To: <b@example.com>\n\n", FROM, b"alice@example.org", "b"),
        (b"Return-Path: <>\nSubject: x\n\n", FROM, b"", ""),
        (b"Subject: x\n\n", b"From MAILER-DAEMON Sun Nov 22", b"", ""),
        (b"Subject: x\nReturn-Path: <forged@example.org>\n\n", b"", None, ""),
        (b"", b"From", None, ""),
    ],
)
def test_the_envelope_of_delivered_mail_is_in_its_trace_fields(
    raw: bytes, line: bytes, sender: bytes | None, recipients: str
) -> None:
    """Those that stand in front; what follows is the sender's."""
    found = of_delivered(raw, line)
    assert found.sender == sender
    assert found.recipients == ((b"b@example.com",) if recipients else None)


def test_a_message_that_vanishes_is_told_and_stops_no_other(maildir: Path) -> None:
    """Mail programs move what they read."""
    found = list(cases(str(maildir)))
    (maildir / "new/2.M1.host").unlink()
    assert found[0].build() == FORBIDDEN
    with pytest.raises(FileNotFoundError):
        found[1].build()
