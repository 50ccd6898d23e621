"""The scan stage: every plugin's facts, each named under every part that it is about."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from qsfilter import Child, Entry, Filter, PluginError, pipeline
from qsfilter.examination import Examination
from qsfilter.limits import Limits
from qsfilter.model import Blob, Client, Envelope, Message, Part, Path
from qsfilter.registry import Registry
from qsfilter.scan import scan
from qsfilter.testing import attachment, eicar, examine, message, part, zip_of
from qsfilter.words import irregular, malware, note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qsfilter.model import Finding


@pytest.fixture(scope="module")
def engine(plugin_with: Callable[..., object]) -> object:
    """Return a plugin that knows EICAR and nothing else, by whole contents."""

    def scan(self: object, message: Message) -> Iterator[Finding]:
        for blob in message.blobs:
            if blob.data == eicar():
                yield malware("EICAR", blob)

    return plugin_with(scan=scan)


def places(found: tuple[Finding, ...]) -> list[str]:
    """Return where each of FOUND is."""
    return [str(one.part) for one in found]


def test_a_content_is_named_under_every_part_that_carries_it(engine: object) -> None:
    """An attachment, its copy, and the same file in an archive."""
    raw = message(
        part(b"text"),
        attachment(eicar(), "a.com"),
        attachment(eicar(), "b.com"),
        attachment(zip_of({"c": eicar()}), "z"),
    )
    report = examine(Filter(engine), raw)
    assert sorted(places(report.findings)) == ["1.2", "1.3", '1.4 > "z" > "c"']


def test_a_content_is_scanned_once_however_often_it_stands(engine: object) -> None:
    """The engine answers once, and the core does the rest."""
    report = examine(Filter(engine), message(*[attachment(eicar(), "a.com")] * 5))
    (call,) = [call for call in report.calls if call.hook == "scan"]
    assert (call.result, len(report.findings)) == ("1 answer", 5)


def test_a_placed_finding_holds_no_content(engine: object) -> None:
    """A report stays small."""
    report = examine(Filter(engine), message(part(b"text"), attachment(eicar(), "a.com")))
    assert [found.blob for found in report.findings] == [None]


def test_the_raw_message_can_carry_it() -> None:
    """It is a part like any other."""
    raw = b"Subject: x\n\n" + eicar()
    root = Part(path=Path(), blob=Blob(raw), origin="message")
    assert places(scanned(root, malware("x", root.blob))) == ["message"]


def test_a_fact_about_a_part_stays_where_it_is() -> None:
    """Only contents are looked up."""
    root = Part(path=Path(), blob=Blob(b"x"), origin="message")
    assert scanned(root, note("x", root))[0].part == Path()


def test_a_fact_about_the_message_has_no_place() -> None:
    """And gets none."""
    root = Part(path=Path(), blob=Blob(b"x"), origin="message")
    assert scanned(root, note("x"))[0].part is None


def test_a_content_that_no_part_carries_is_a_fact_about_the_message() -> None:
    """An engine that made it from bytes of its own has found something all the same."""
    root = Part(path=Path(), blob=Blob(b"x"), origin="message")
    (found,) = scanned(root, malware("x", Blob(b"made up")))
    assert (str(found), found.part) == ("malware x", None)


def scanned(root: Part, *findings: Finding) -> tuple[Finding, ...]:
    """Take FINDINGS through the scan stage of a message that is nothing but ROOT."""
    return scanned_in((root,), *findings)


def scanned_in(parts: tuple[Part, ...], *findings: Finding) -> tuple[Finding, ...]:
    """Take FINDINGS through the scan stage of a message with PARTS."""
    envelope = Envelope(sender=b"", recipients=())
    examination = Examination(Registry([]), pipeline.context(Limits(), b"", envelope))
    examination.findings += findings
    return scan(Message(envelope=envelope, client=Client(), parts=parts), examination)


def test_the_same_fact_twice_is_one() -> None:
    """A report says it once."""
    root = Part(path=Path(), blob=Blob(b"x"), origin="message")
    assert len(scanned(root, malware("x", root.blob), malware("x", root))) == 1


def test_two_engines_that_agree_are_two_facts(engine: object) -> None:
    """Each is named as a source."""
    chosen = Filter(Entry(name="one", plugin=engine), Entry(name="two", plugin=type(engine)()))
    report = examine(chosen, message(part(b"text"), attachment(eicar(), "a.com")))
    assert sorted(found.source for found in report.findings) == ["one", "two"]


def test_what_reading_found_is_kept(engine: object) -> None:
    """Facts of all stages go on together."""
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n" + eicar()
    assert {str(found) for found in examine(Filter(engine), raw).findings} == {
        "irregular no-close-delimiter",
        "malware EICAR",
    }


def test_a_content_that_only_a_shadow_part_carries_is_found_in_shadow(
    engine: object, plugin_with: Callable[..., object]
) -> None:
    """Without the plugin that is tried out, it would not be there."""
    child = Child(data=eicar(), origin="shadow")
    tried = plugin_with(unpack=lambda self, part: None if part.path.steps else child)
    report = examine(Filter(engine, Entry(name="tried", plugin=tried, shadow=True)), message(b"text"))
    assert report.findings == ()
    assert [str(found) for found in report.shadow] == ["malware EICAR"]


def test_a_content_that_a_shadow_part_carries_too_is_found(engine: object, plugin_with: Callable[..., object]) -> None:
    """In shadow there, and in force where it really stands."""
    child = Child(data=eicar(), origin="shadow")
    tried = plugin_with(unpack=lambda self, part: None if part.path.steps else child)
    chosen = Filter(engine, Entry(name="tried", plugin=tried, shadow=True))
    report = examine(chosen, message(part(b"text"), attachment(eicar(), "a.com")))
    assert len(report.findings) == len(report.shadow) == 1
    assert report.findings[0].part in {one.path for one in report.message.parts if one.names}


def test_what_an_engine_in_shadow_finds_stays_in_shadow(engine: object) -> None:
    """Wherever it is named."""
    raw = message(part(b"text"), attachment(eicar(), "a.com"))
    report = examine(Filter(Entry(name="tried", plugin=engine, shadow=True)), raw)
    assert report.findings == ()
    assert places(report.shadow) == ["1.2"]


def test_a_fact_about_a_part_stays_in_shadow() -> None:
    """Being placed makes it no fact in force."""
    root = Part(path=Path(), blob=Blob(b"x"), origin="message")
    found = scanned(root, replace(note("x", root), shadow=True), replace(note("y", root.blob), shadow=True))
    assert [one.shadow for one in found] == [True, True]


def test_a_fact_about_a_shadow_part_is_in_shadow(plugin_with: Callable[..., object]) -> None:
    """Also where a plugin in force names it by its path."""
    child = Child(data=b"x", origin="shadow")
    tried = plugin_with(unpack=lambda self, part: None if part.path.steps else child)
    pointing = plugin_with(scan=lambda self, message: [note("x", one) for one in message.parts if one.shadow])
    report = examine(Filter(pointing, Entry(name="tried", plugin=tried, shadow=True)), message(b"text"))
    assert (report.findings, len(report.shadow)) == ((), 1)


def test_many_facts_about_many_parts_cost_little() -> None:
    """The time is linear: a message of many broken parts must not hold up a server."""
    parts = [Part(path=Path(), blob=Blob(b"x"), origin="message")]
    parts += [Part(path=Path(steps=((number, ""),)), blob=Blob(b"x"), origin="mime") for number in range(1, 20_001)]
    findings = [irregular("no-boundary", one) for one in parts] + [malware("x", one.blob) for one in parts]
    started = time.perf_counter()
    found = scanned_in(tuple(parts), *findings)
    assert time.perf_counter() - started < 5
    assert len(found) == len(findings)


# --- backups --------------------------------------------------------------------------------------------------------


def raising(error: Exception) -> Callable[..., None]:
    """Return a hook that raises ERROR."""

    def scan(self: object, message: Message) -> None:
        raise error

    return scan


def with_backup(first: object, backup: object, **more: object) -> Filter:
    """Return a filter in which BACKUP scans in the place of FIRST."""
    entry = Entry(name="backup", plugin=backup, backup_for="first", **more)  # type: ignore[arg-type]
    return Filter(entry, Entry(name="first", plugin=first))


def test_a_backup_is_not_asked_where_nothing_fails(plugin_with: Callable[..., object]) -> None:
    asked: list[str] = []
    chosen = with_backup(
        plugin_with(scan=lambda self, message: asked.append("first")),
        plugin_with(scan=lambda self, message: asked.append("backup")),
    )
    examine(chosen, message(b"text"))
    assert asked == ["first"]


def test_a_backup_answers_for_what_fails(plugin_with: Callable[..., object]) -> None:
    """So the message was checked, and need not wait; what the backup finds counts."""
    chosen = with_backup(
        plugin_with(scan=raising(OSError("no socket"))), plugin_with(scan=lambda self, message: malware("X"))
    )
    report = examine(chosen, message(b"text"))
    assert [(one.source, str(one)) for one in report.findings] == [("first", "note crash"), ("backup", "malware X")]
    assert report.findings[0].detail == "backup answered instead: scan: OSError: no socket"
    assert str(report.decision.action) == "quarantine"


def test_a_backup_that_fails_too_answers_for_nobody(plugin_with: Callable[..., object]) -> None:
    chosen = with_backup(plugin_with(scan=raising(OSError("a"))), plugin_with(scan=raising(OSError("b"))))
    report = examine(chosen, message(b"text"))
    assert [(one.source, str(one)) for one in report.findings] == [
        ("first", "failure crash"),
        ("backup", "failure crash"),
    ]
    assert str(report.decision.action) == "defer"


def test_a_backup_in_shadow_answers_for_nobody(plugin_with: Callable[..., object]) -> None:
    """What it finds changes nothing, so the message has not been checked."""
    chosen = with_backup(plugin_with(scan=raising(OSError("a"))), plugin_with(scan=lambda self: None), shadow=True)
    assert [str(one) for one in examine(chosen, message(b"text")).findings] == ["failure crash"]


def test_a_plugin_that_does_not_start_has_a_backup(plugin_with: Callable[..., object]) -> None:
    def start(self: object) -> None:
        raise OSError("no database")

    chosen = with_backup(
        plugin_with(start=start, scan=lambda self: None), plugin_with(scan=lambda self: note("checked"))
    )
    chosen.start()
    assert [str(one) for one in examine(chosen, message(b"text")).findings] == ["note start", "note checked"]


def test_a_backup_answers_for_no_other_hook(plugin_with: Callable[..., object]) -> None:
    """What was not opened has not been looked at by anybody."""

    def unpack(self: object, part: Part) -> None:
        raise OSError("no memory")

    first = plugin_with(unpack=unpack, scan=lambda self: None)
    chosen = with_backup(first, plugin_with(scan=lambda self: note("checked")))
    report = examine(chosen, message(b"text"))
    assert {str(one) for one in report.findings} == {"failure crash"}
    assert str(report.decision.action) == "defer"

    def start(self: object) -> None:
        raise OSError("no database")

    both = with_backup(
        plugin_with(start=start, unpack=lambda self: None, scan=lambda self: None), plugin_with(scan=lambda self: None)
    )
    both.start()
    assert [str(one) for one in examine(both, message(b"text")).findings] == ["failure start"]


@pytest.mark.parametrize("other", ["nobody", "backup", "second"])
def test_a_backup_is_for_a_plugin_that_is_there_and_is_none_itself(
    plugin_with: Callable[..., object], other: str
) -> None:
    entries = [
        Entry(name="backup", plugin=plugin_with(scan=lambda self: None), backup_for=other),
        Entry(name="second", plugin=plugin_with(scan=lambda self: None), backup_for="first"),
        Entry(name="first", plugin=plugin_with(scan=lambda self: None)),
    ]
    with pytest.raises(PluginError, match="plugin backup: backup_for takes the name of another plugin"):
        Registry(entries)
