"""The order of the stages: a message's whole life, and what happens when a plugin can't even start."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import About, Entry, Filter, Limits, Maildir, pipeline
from qsfilter.actions import Action
from qsfilter.model import Client, Envelope
from qsfilter.pipeline import retry_key
from qsfilter.testing import attachment, eicar, message, part
from qsfilter.words import discard, malware, note, reject

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qsfilter.model import Report

ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
CLEAN = message(b"text\n")
INFECTED = message(part(b"text"), attachment(eicar(), "a.com"))


def key(raw: bytes, sender: bytes = b"a@example.org", *recipients: bytes) -> str:
    """Return the retry key of RAW."""
    return retry_key(Envelope(sender=sender, recipients=recipients or (b"b@example.com",)), raw)


# --- the retry key --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "trace",
    [
        b"Received: from x by y; now\n",
        b"Received: from x\n\tby y;\n now\n",
        b"Return-Path: <a@example.org>\n",
        b"Delivered-To: b@example.com\n",
        b"RECEIVED: x\ndelivered-to: y\nReturn-Path : z\nReceived: w\n",
        b"Received: x\r\n by y\r\n",
        b"From alice Sun Nov 22 12:00:00 2026\nReceived: x\n",
    ],
)
def test_leading_trace_fields_do_not_count(trace: bytes) -> None:
    """Each attempt puts new ones on top."""
    assert key(trace + CLEAN) == key(b"Received: something else\n" + CLEAN) == key(CLEAN)


@pytest.mark.parametrize(
    "changed",
    [
        CLEAN.replace(b"Subject: a test", b"Subject: another"),
        CLEAN.replace(b"text", b"Text"),
        CLEAN + b"\n",
        b"X-Received: x\n" + CLEAN,
        b"Reply-To: x\n" + CLEAN,
        CLEAN.replace(b"Subject:", b"Received: y\nSubject:"),
        CLEAN.replace(b"text", b"Received: y\ntext"),
        b"\n" + CLEAN,
        b"",
    ],
)
def test_everything_else_counts(changed: bytes) -> None:
    """Another mail is never taken for a retry; also not one with a trace field further down."""
    assert key(changed) != key(CLEAN)


def test_the_sender_counts() -> None:
    """The same bytes from somebody else are another mail."""
    assert key(CLEAN, b"a@example.org") != key(CLEAN, b"c@example.org")


def test_the_recipients_count() -> None:
    """The same bytes to somebody else are another mail."""
    assert key(CLEAN, b"a", b"b", b"c") != key(CLEAN, b"a", b"b")


def test_addresses_are_not_run_together() -> None:
    """Each has its place."""
    assert (
        len({key(CLEAN, b"ab", b"c"), key(CLEAN, b"a", b"bc"), key(CLEAN, b"a", b"b", b"c"), key(CLEAN, b"", b"abc")})
        == 4
    )


def test_a_key_is_hexadecimal() -> None:
    """It becomes a file name."""
    assert len(key(CLEAN)) == 64
    assert set(key(CLEAN)) <= set("0123456789abcdef")


def test_a_mapped_message_has_the_same_key(tmp_path: Path) -> None:
    """However large it is."""
    (tmp_path / "raw").write_bytes(b"Received: x\n" + CLEAN)
    with (
        open(tmp_path / "raw", "rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
    ):
        assert key(mapped) == key(CLEAN)  # type: ignore[arg-type]


@pytest.mark.parametrize("first", [b"From : ", b"FROM ", b"from ", b"From x"])
def test_only_what_servers_add_is_left_out_of_a_key(first: bytes) -> None:
    """Two messages that differ in anything else are two, and the copy of one never takes the place of the other's."""
    rest = b"\nSubject: x\n\ntext\n"
    assert key(first + b"alice@example.org" + rest) != key(first + b"mallory@example.net" + rest)
    assert key(b"Received: from a\n by b\nReceived: c" + rest) == key(b"Delivered-To: x" + rest)
    assert key(b"Received: c" + rest) != key(b"Received: c" + rest + b"Received: d\n")


@given(st.binary(max_size=200))
def test_any_bytes_have_a_key(raw: bytes) -> None:
    """Whether they are mail or not."""
    assert len(key(raw)) == 64


# --- a whole life ---------------------------------------------------------------------------------------------------


class Site:
    """A filter with a maildir and a quarantine in a folder."""

    def __init__(self, folder: Path, *plugins: object, **more: object) -> None:
        """Filter with PLUGINS."""
        self.inbox, self.quarantine = folder / "Maildir", folder / "quarantine"
        self.chosen = Filter(
            *plugins,
            transport=Maildir(path=str(self.inbox)),
            quarantine=str(self.quarantine),
            **more,  # type: ignore[arg-type]
        )
        self.chosen.start()

    def run(self, raw: bytes, envelope: Envelope = ENVELOPE, deadline: float | None = None) -> Report:
        """Take RAW through its life."""
        return self.chosen.run(raw, envelope, deadline=deadline)

    @property
    def delivered(self) -> list[bytes]:
        """What lies in the inbox."""
        return [path.read_bytes() for path in sorted(self.inbox.glob("new/*"))]

    @property
    def kept(self) -> list[bytes]:
        """What lies in quarantine."""
        return [path.read_bytes() for path in sorted(self.quarantine.glob("*/new/*"))]


@pytest.fixture
def engine(plugin_with: Callable[..., object]) -> object:
    """Return a plugin that knows EICAR."""
    return plugin_with(
        scan=lambda self, message: [malware("EICAR", blob) for blob in message.blobs if eicar() in blob.data],
        about=lambda self: About(name="engine", version="1", signatures="2", engine=True),
    )


def test_clean_mail_is_delivered(tmp_path: Path, engine: object) -> None:
    """With our field on top, and nothing else changed."""
    site = Site(tmp_path, engine)
    report = site.run(CLEAN)
    assert report.outcome is not None
    assert (report.outcome.exit, report.outcome.handed) == (0, (b"bob@example.com",))
    (delivered,) = site.delivered
    assert delivered.startswith(b"Return-Path: <alice@example.org>\nX-QSFilter: clean;\n by qsfilter (engine 1 2);")
    assert delivered.endswith(b"\n" + CLEAN)
    assert site.kept == []


def test_infected_mail_is_kept_and_not_delivered(tmp_path: Path, engine: object) -> None:
    """Byte for byte as it came."""
    site = Site(tmp_path, engine)
    report = site.run(INFECTED)
    assert report.outcome is not None
    assert (report.outcome.exit, report.outcome.handed, len(report.outcome.kept)) == (0, (), 1)
    assert (site.delivered, site.kept) == ([], [INFECTED])


def test_a_retry_adds_no_copy(tmp_path: Path, engine: object) -> None:
    """It replaces the one of the attempt before."""
    site = Site(tmp_path, engine)
    site.run(b"Received: one\n" + INFECTED)
    site.run(b"Received: two\n" + INFECTED)
    assert site.kept == [b"Received: two\n" + INFECTED]


def test_mail_for_two_with_two_ends(tmp_path: Path, plugin_with: Callable[..., object]) -> None:
    """One gets it, the other's copy is kept."""
    voter = plugin_with(decide=lambda self: reject("no", recipients=[b"carol@example.com"]))
    site = Site(tmp_path, voter)
    report = site.run(CLEAN, Envelope(sender=b"", recipients=(b"carol@example.com", b"bob@example.com")))
    assert report.outcome is not None
    assert report.outcome.handed == (b"bob@example.com",)
    assert (len(site.delivered), site.kept) == (1, [CLEAN])


def test_discarded_mail_is_nowhere(tmp_path: Path, plugin_with: Callable[..., object]) -> None:
    """A rule has said so."""
    site = Site(tmp_path, plugin_with(decide=lambda self: discard("junk")))
    assert site.run(CLEAN).outcome is not None
    assert (site.delivered, site.kept) == ([], [])


@pytest.mark.parametrize("raw", [CLEAN, INFECTED], ids=["clean", "infected"])
def test_after_the_deadline_mail_waits(tmp_path: Path, engine: object, raw: bytes) -> None:
    """What nobody had the time to look at is not clean."""
    site = Site(tmp_path, engine)
    report = site.run(raw, deadline=0.0)
    assert report.outcome is not None
    assert report.outcome.exit == 71
    assert (site.delivered, site.kept) == ([], [])


def test_a_maildir_that_can_not_be_made_makes_mail_wait(engine: object) -> None:
    """The disk's error is the answer."""
    chosen = Filter(engine, transport=Maildir(path="/dev/null/Maildir"))
    report = chosen.run(CLEAN, ENVELOPE)
    assert report.outcome is not None
    assert (report.outcome.exit, report.outcome.handed) == (53, ())


def test_a_quarantine_that_can_not_be_made_makes_mail_wait(tmp_path: Path, engine: object) -> None:
    """What could not be kept is not answered."""
    chosen = Filter(engine, transport=Maildir(path=str(tmp_path)), quarantine="/dev/null/quarantine")
    report = chosen.run(INFECTED, ENVELOPE)
    assert report.outcome is not None
    assert report.outcome.exit == 71


def test_the_trace_shows_the_stages_in_their_order(tmp_path: Path, plugin_with: Callable[..., object]) -> None:
    """Parse and unpack for each part, then the others once."""
    hooks = dict.fromkeys(("parse", "unpack", "scan", "decide", "deliver"), lambda self: None)
    site = Site(tmp_path, Entry(name="all", plugin=plugin_with(**hooks)))
    trace = [call.hook for call in site.run(CLEAN).calls if call.plugin == "all"]
    assert trace == ["parse", "unpack", "parse", "unpack", "scan", "decide", "deliver"]


def test_findings_of_all_stages_are_in_the_report(tmp_path: Path, plugin_with: Callable[..., object]) -> None:
    """Also the failure of one that only votes."""

    def vote(self: object) -> None:
        raise RuntimeError

    chosen = plugin_with(
        unpack=lambda self, part: note("opened") if part.path.steps else None,
        scan=lambda self: note("seen"),
        decide=vote,
    )
    names = {found.name for found in Site(tmp_path, chosen).run(CLEAN).findings}
    assert names == {"opened", "seen", "crash"}


def test_plugins_are_given_the_message(tmp_path: Path, plugin_with: Callable[..., object]) -> None:
    """Envelope, client, parts, and what reading found."""
    seen: list[object] = []
    chosen = Filter(
        plugin_with(scan=lambda self, message: seen.append((message.envelope, message.client, message.root.blob.data)))
    )
    client = Client(ip="192.0.2.1", relay=True, env={"QS_SPAMASSASSIN": "1"})
    chosen.examine(CLEAN, ENVELOPE, client)
    assert seen == [(ENVELOPE, client, CLEAN)]


def test_plugins_are_given_the_surroundings(plugin_with: Callable[..., object]) -> None:
    """Limits, key and deadline."""
    seen: list[object] = []
    chosen = Filter(
        plugin_with(scan=lambda self, ctx: seen.append((ctx.limits, ctx.key, 0 < ctx.seconds_left <= 9))),
        limits=Limits(seconds=9),
    )
    chosen.examine(CLEAN, ENVELOPE)
    assert seen == [(Limits(seconds=9).of_message(len(CLEAN)), retry_key(ENVELOPE, CLEAN), True)]


def test_the_time_that_is_left_is_never_less_than_none(plugin_with: Callable[..., object]) -> None:
    """Engines pass it on to their own time limits."""
    ctx = pipeline.context(Limits(), CLEAN, ENVELOPE, deadline=0.0)
    assert ctx.seconds_left == 0.0


def test_an_error_of_the_core_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process edge makes a temporary failure of it."""

    def scan(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pipeline, "scan", scan)
    with pytest.raises(ZeroDivisionError):
        Filter().examine(CLEAN, ENVELOPE)


# --- starting -------------------------------------------------------------------------------------------------------


def test_plugins_are_started_once(plugin_with: Callable[..., object]) -> None:
    """Not for each message."""
    started: list[int] = []
    chosen = Filter(plugin_with(start=lambda self: started.append(1)))
    chosen.start()
    for _ in range(3):
        chosen.examine(CLEAN, ENVELOPE)
    assert started == [1]


@pytest.mark.parametrize("error", [OSError("no socket"), MemoryError(), SystemExit(0)], ids=repr)
def test_a_plugin_that_does_not_start_makes_mail_wait(plugin_with: Callable[..., object], error: BaseException) -> None:
    """Every message says so, and the others run."""

    def start(self: object) -> None:
        raise error

    chosen = Filter(
        Entry(name="broken", plugin=plugin_with(start=start, scan=lambda self: note("asked"))),
        Entry(name="good", plugin=plugin_with(scan=lambda self: note("seen"))),
    )
    chosen.start()
    report = chosen.examine(CLEAN, ENVELOPE)
    assert report.decision.action is Action.DEFER
    assert {(str(found), found.source) for found in report.findings} == {
        ("failure start", "broken"),
        ("note seen", "good"),
    }


def test_a_plugin_that_does_not_start_may_be_done_without(plugin_with: Callable[..., object]) -> None:
    """By its `on_error`."""

    def start(self: object) -> None:
        raise OSError

    chosen = Filter(Entry(name="broken", plugin=plugin_with(start=start), on_error=Action.ACCEPT))
    chosen.start()
    assert chosen.examine(CLEAN, ENVELOPE).decision.action is Action.ACCEPT


def test_plugins_say_who_they_are(plugin_with: Callable[..., object]) -> None:
    """That goes into the header line and the report."""
    told = About(name="mine", version="3", signatures="today", engine=True)
    chosen = Filter(plugin_with(about=lambda self: told))
    chosen.start()
    assert chosen.examine(CLEAN, ENVELOPE).about == (told,)


@pytest.mark.parametrize("answer", [OSError(), SystemExit(0), None, "1.2"], ids=repr)
def test_a_plugin_that_can_not_say_who_it_is_has_its_name(plugin_with: Callable[..., object], answer: object) -> None:
    """Not knowing a version never holds up mail."""

    def about(self: object) -> object:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    chosen = Filter(Entry(name="mine", plugin=plugin_with(about=about)))
    chosen.start()
    assert chosen.examine(CLEAN, ENVELOPE).about == (About(name="mine"),)


def test_starting_changes_no_filter_that_was_made_before(plugin_with: Callable[..., object]) -> None:
    """A Setup is a value."""
    setup = Filter(plugin_with(about=lambda self: About(name="mine"))).setup
    assert setup.started().about == (About(name="mine"),)
    assert setup.about == ()
