"""YARA-X rules on every content of a message."""

from __future__ import annotations

import dataclasses
from base64 import b64encode
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from qsfilter import Action, ConfigError, Entry, Filter, Kind, pipeline
from qsfilter.limits import Limits
from qsfilter.model import Client, Envelope
from qsfilter.options import make
from qsfilter.testing import attachment, eicar, examine, message, part, zip_of
from qsfilter.testing.contract import PluginContract
from qsfilter_yara import EICAR_RULE, Yara

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qsfilter import Finding, Report

WORD = 'rule Word {{ {meta} strings: $a = "badword" condition: $a }}\n'
SLOW = """
rule Slow {
    condition:
        filesize > 50000 and for all i in (1..50000) : (for all j in (1..50000) : (uint8(i) + uint8(j) != 999))
}
"""
ENVELOPE = Envelope(sender=b"", recipients=(b"bob@example.com",))


class TestContract(PluginContract):
    """What every plugin passes."""

    def make(self) -> object:
        """Make one as it is by default."""
        return Yara()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    """Write a rule file and return its path."""

    def to_file(source: str | bytes, name: str = "rules.yar") -> str:
        (tmp_path / name).write_bytes(source if isinstance(source, bytes) else source.encode())
        return str(tmp_path / name)

    return to_file


def examined(plugin: Yara, raw: bytes) -> Report:
    """Examine RAW with PLUGIN, started."""
    chosen = Filter(plugin)
    chosen.start()
    return examine(chosen, raw)


def found(plugin: Yara, raw: bytes) -> list[Finding]:
    """Return what PLUGIN finds in RAW."""
    return list(examined(plugin, raw).findings)


def meta(text: str) -> str:
    """Return a rule with META."""
    return WORD.format(meta=f"meta: {text}" if text else "")


# --- EICAR ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entity", "place"),
    [
        (part(eicar()), "1.2"),
        (attachment(eicar(), "a.com"), "1.2"),
        (part(b64encode(eicar()), fields={"Content-Transfer-Encoding": "base64"}), "1.2"),
        (attachment(b"x" * 5000 + eicar() + b"y", "a.bin"), "1.2"),
        (attachment(zip_of({"x.txt": eicar()}), "a.zip"), '1.2 > "a.zip" > "x.txt"'),
    ],
    ids=["leaf", "attachment", "base64", "in the middle", "zip"],
)
def test_eicar_is_found_wherever_it_stands(entity: bytes, place: str) -> None:
    """In what a reader would get."""
    all_found = found(Yara(), message(part(b"text"), entity))
    assert place in {str(one.part) for one in all_found}
    assert {(one.kind, one.name, one.source) for one in all_found} == {(Kind.MALWARE, "EICAR-Test-File", "yara")}


def test_eicar_is_quarantined_by_default() -> None:
    """As any malware."""
    assert examined(Yara(), message(part(eicar()))).decision.action is Action.QUARANTINE


def test_the_text_about_eicar_is_none() -> None:
    """Only the whole of it counts."""
    assert found(Yara(), message(part(b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!"))) == []


def test_the_rule_can_be_left_out(write: Callable[..., str]) -> None:
    """A site that has rules of its own may not want it."""
    assert found(Yara(eicar=False, files=(write(meta("")),)), message(part(eicar()))) == []


def test_the_rule_does_not_hold_what_it_looks_for() -> None:
    """No scanner takes the plugin for the thing itself."""
    assert eicar().decode() not in EICAR_RULE


# --- rule files -----------------------------------------------------------------------------------------------------


def test_a_rule_is_malware_by_its_own_name(write: Callable[..., str]) -> None:
    """Where its meta says nothing."""
    (first, *_) = found(Yara(files=(write(meta("")),)), message(part(b"a badword")))
    assert (first.kind, first.name, first.detail) == (Kind.MALWARE, "Word", "Word")


@pytest.mark.parametrize("kind", ["malware", "policy", "spam", "note"])
def test_a_rule_can_have_a_kind(write: Callable[..., str], kind: str) -> None:
    """By `meta: kind`."""
    (first, *_) = found(Yara(files=(write(meta(f'kind = "{kind}"')),)), message(part(b"a badword")))
    assert first.kind is Kind(kind)


@pytest.mark.parametrize("kind", ['"clean"', '"failure"', '"unscannable"', '""', "1", "true"])
def test_a_kind_that_a_rule_can_not_have_is_malware(write: Callable[..., str], kind: str) -> None:
    """In doubt the gravest."""
    (first, *_) = found(Yara(files=(write(meta(f"kind = {kind}")),)), message(part(b"a badword")))
    assert first.kind is Kind.MALWARE


@pytest.mark.parametrize(("name", "expected"), [('"Bad.Word-1"', "Bad.Word-1"), ("7", "7"), ("true", "True")])
def test_a_rule_can_have_a_name(write: Callable[..., str], name: str, expected: str) -> None:
    """By `meta: name`."""
    (first, *_) = found(Yara(files=(write(meta(f"name = {name}")),)), message(part(b"a badword")))
    assert first.name == expected


def test_a_rule_can_say_what_it_means(write: Callable[..., str]) -> None:
    """By `meta: description`."""
    (first, *_) = found(Yara(files=(write(meta('description = "a bad word"')),)), message(part(b"a badword")))
    assert first.detail == "a bad word"


def test_a_finding_is_named_under_every_part_that_carries_it(write: Callable[..., str]) -> None:
    """The core places what is found in a content."""
    coded = attachment(b"a badword", "a.txt")
    all_found = found(Yara(files=(write(meta("")),)), message(part(b"text"), coded, coded))
    assert sorted(str(one.part) for one in all_found) == ["1.2", "1.3"]


def test_every_rule_that_matches_is_found(write: Callable[..., str]) -> None:
    """Of all files; two of them may have rules of one name."""
    files = (write(meta('name = "one"'), "1.yar"), write(meta('name = "two"'), "2.yar"))
    assert {one.name for one in found(Yara(files=files), message(part(b"a badword")))} == {"one", "two"}


def test_a_private_rule_is_not_found(write: Callable[..., str]) -> None:
    """It is there for other rules."""
    source = 'private rule Inner { strings: $a = "badword" condition: $a } rule Outer { condition: Inner }'
    assert {one.name for one in found(Yara(files=(write(source),)), message(part(b"badword")))} == {"Outer"}


# --- files that can't be used ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["rule {", "rule x { condition: y }", "nonsense", b"\xff\xfe"], ids=repr)
def test_a_broken_rule_file_is_named(write: Callable[..., str], source: str | bytes) -> None:
    """When the plugin starts, not when mail comes."""
    path = write(source)
    with pytest.raises(ConfigError) as caught:
        Yara(files=(path,)).start()
    assert str(caught.value).startswith(f"{path}: ")


def test_the_broken_one_of_several_files_is_named(write: Callable[..., str]) -> None:
    """Not the first."""
    files = (write(meta(""), "good.yar"), write("rule {", "bad.yar"))
    with pytest.raises(ConfigError, match=r"bad\.yar: "):
        Yara(files=files).start()


def test_a_missing_rule_file_is_named() -> None:
    """With the system's words."""
    with pytest.raises(ConfigError, match=r"^/nowhere/rules\.yar: No such file or directory$"):
        Yara(files=("/nowhere/rules.yar",)).start()


def test_without_its_rules_mail_waits(write: Callable[..., str]) -> None:
    """A scanner that could not start has not said "clean"."""
    report = examined(Yara(files=(write("rule {"),)), message(part(b"text")))
    assert report.decision.action is Action.DEFER
    assert [(str(one), one.source) for one in report.findings] == [("failure start", "yara")]


# --- time -----------------------------------------------------------------------------------------------------------


def test_a_content_that_takes_too_long_is_unscannable(write: Callable[..., str]) -> None:
    """It is not clean; the others are scanned."""
    raw = message(attachment(b"x" * 60_000, "slow.bin"), attachment(eicar(), "a.txt"))
    all_found = found(Yara(files=(write(SLOW),), seconds=1), raw)
    assert ("unscannable over-limit", "1.1") in {(str(one), str(one.part)) for one in all_found}
    assert ("malware EICAR-Test-File", "1.2") in {(str(one), str(one.part)) for one in all_found}


def test_the_deadline_of_the_message_counts_too(write: Callable[..., str]) -> None:
    """However long one content may take."""
    chosen = Filter(Yara(files=(write(SLOW),), seconds=3000))
    chosen.start()
    raw = message(part(b"x" * 60_000))
    ctx = pipeline.context(Limits(), raw, ENVELOPE)
    ctx = dataclasses.replace(ctx, deadline=ctx.clock() + 1)
    report, _ = pipeline.examine(chosen.setup, raw, ENVELOPE, Client(), ctx)
    assert report.seconds < 20
    assert "unscannable over-limit" in {str(one) for one in report.findings}


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_time_limit_must_be_one(seconds: int) -> None:
    """YARA-X knows whole seconds from 1 up."""
    with pytest.raises(ConfigError, match="seconds: takes a number from 1 up"):
        Yara(seconds=seconds)


# --- about, check, options ------------------------------------------------------------------------------------------


def test_it_says_who_it_is() -> None:
    """With the version of the engine."""
    about = Yara().about()
    assert (about.name, about.version) == ("yara", metadata.version("yara-x"))


def test_the_eicar_rule_alone_is_no_engine(write: Callable[..., str]) -> None:
    """Mail is marked as not scanned for malware until there are rules."""
    assert not Yara().about().engine
    assert Yara(files=(write(meta("")),)).about().engine


def test_other_rules_are_other_signatures(write: Callable[..., str]) -> None:
    """Verdicts of one must not be taken for those of another."""
    path = write(meta(""))
    told = {Yara().about().signatures, Yara(files=(path,)).about().signatures, Yara(eicar=False).about().signatures}
    write(meta('name = "changed"'))
    told.add(Yara(files=(path,)).about().signatures)
    assert len(told) == 4


def test_check_finds_nothing_wrong(write: Callable[..., str]) -> None:
    """With rules that compile."""
    assert list(Yara(files=(write(meta("")),)).check()) == []


def test_check_says_that_eicar_is_all_there_is() -> None:
    """A warning; mail goes through."""
    (problem,) = Yara().check()
    assert problem.text == "yara knows the EICAR test file and nothing else"
    assert problem.mend
    assert not problem.fatal


@pytest.mark.parametrize("source", ["rule {", None])
def test_check_names_a_rule_file_that_can_not_be_used(
    write: Callable[..., str], tmp_path: Path, source: str | None
) -> None:
    """And how to mend it."""
    path = write(source) if source else str(tmp_path / "none.yar")
    (problem,) = Yara(files=(path,)).check()
    assert problem.text.startswith(f"{path}: ")
    assert problem.fatal
    assert problem.mend


def test_its_options_are_checked() -> None:
    """By the configuration."""
    made = make(Yara, {"files": ["a"], "eicar": False, "seconds": 5}, "x")
    assert (made.files, made.eicar, made.seconds) == (("a",), False, 5)


@pytest.mark.parametrize(
    ("table", "error"),
    [
        ({"file": []}, "x: unknown key 'file'; did you mean 'files'?"),
        ({"files": "a"}, "x.files: takes a list of str, not str"),
        ({"eicar": "yes"}, "x.eicar: takes bool, not str"),
        ({"seconds": 1.5}, "x.seconds: takes int, not float"),
        ({"seconds": 0}, "x: seconds: takes a number from 1 up"),
    ],
)
def test_a_wrong_option_is_refused(table: dict[str, object], error: str) -> None:
    """With its place."""
    with pytest.raises(ConfigError) as caught:
        make(Yara, table, "x")
    assert str(caught.value) == error


def test_it_is_found_by_its_name() -> None:
    """As a configuration names it."""
    (point,) = metadata.entry_points(group="qsfilter", name="yara")
    assert point.load() is Yara


def test_in_shadow_it_changes_nothing() -> None:
    """It only reports."""
    chosen = Filter(Entry(name="yara", plugin=Yara(), shadow=True))
    chosen.start()
    report = examine(chosen, message(part(eicar())))
    assert report.decision.action is Action.ACCEPT
    assert {str(one) for one in report.shadow} == {"malware EICAR-Test-File"}
