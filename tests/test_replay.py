"""`qsfilter replay`: a corpus is read, examined, compared and brought up to date."""

from __future__ import annotations

import json
import sys
import tomllib
import types
from typing import TYPE_CHECKING, Any

import pytest

from qsfilter import Filter, config, hookimpl, plugin
from qsfilter.cli import main
from qsfilter.replay import CONFIG, Expected, Given, cases, expect_text, expected, replay
from qsfilter.testing.messages import attachment, message

if TYPE_CHECKING:
    from pathlib import Path

MISSING, DIFFERS, UNREADABLE, BAD_CONFIG = 1, 1, 2, 55
EICAR = "malware EICAR-Test-File"
HARMLESS = message(b"hello\n")
FORBIDDEN = message(attachment(b"hello", "x.exe"))
BUILDER = """
from qsfilter.testing.messages import message

def build(newline):
    return message(b"hello" + newline, newline=newline)
"""
FAMILY = """
from qsfilter.testing.messages import attachment, eicar, message

MESSAGES = {
    "plain": lambda newline: message(b"hello" + newline, newline=newline),
    "infected": lambda newline: message(attachment(eicar(), "a.bin", newline=newline), newline=newline),
}
"""
ACCEPTED = 'action = "accept"\nfindings = []\n'


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of one message that is as expected."""
    (tmp_path / CONFIG).write_text("[plugins.yara]\n[plugins.attachments]\n")
    (tmp_path / "one.eml").write_bytes(HARMLESS)
    (tmp_path / "one.expect").write_text(ACCEPTED)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def objects(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said(capsys)]


def names(corpus: Path) -> list[str]:
    return [str(case) for case in cases(str(corpus))]


def test_a_corpus_that_is_as_expected(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is said but how many cases there were."""
    assert main(["replay", str(corpus)]) == 0
    assert said(capsys) == ["1 cases, 0 not as expected"]


def test_a_module_makes_a_case_for_each_line_end(corpus: Path) -> None:
    """Unless it says which."""
    (corpus / "two.py").write_text(BUILDER)
    (corpus / "three.py").write_text(BUILDER + 'NEWLINES = (b"\\n",)\n')
    assert names(corpus) == ["one as it came", "three LF", "two LF", "two CRLF"]


def test_a_module_with_several_messages(corpus: Path) -> None:
    """They share one expectation."""
    (corpus / "family.py").write_text(FAMILY)
    assert "family:infected CRLF" in names(corpus)
    assert {case.expect for case in cases(str(corpus)) if ":" in case.name} == {str(corpus / "family.expect")}


def test_folders_are_read_and_helpers_are_not(corpus: Path) -> None:
    """Names that begin with `_` or `.`, and other suffixes, are no cases."""
    (corpus / "honest").mkdir()
    for name in ("honest/two.eml", "_build.eml", ".hidden.eml", "README.txt"):
        (corpus / name).write_bytes(HARMLESS)
    assert names(corpus) == ["honest/two as it came", "one as it came"]


def test_no_compiled_file_is_left_behind(corpus: Path) -> None:
    """A corpus may be a folder that is only read."""
    (corpus / "two.py").write_text(BUILDER)
    main(["replay", str(corpus)])
    assert not list(corpus.rglob("*.pyc"))


def test_a_case_that_differs_is_said_in_one_line(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both actions, and the findings on either side."""
    (corpus / "one.eml").write_bytes(FORBIDDEN)
    (corpus / "one.expect").write_text(f'action = "accept"\nfindings = ["{EICAR}"]\nabsent = ["policy"]\n')
    assert main(["replay", str(corpus)]) == DIFFERS
    different = (
        f"one as it came: expected accept, got reject; missing: {EICAR}; unexpected: policy extension .exe; "
        "must be absent: policy extension .exe"
    )
    assert said(capsys) == [different, "1 cases, 1 not as expected"]


def test_findings_may_be_left_open(corpus: Path) -> None:
    """Then only the action counts, and what must be absent."""
    (corpus / "one.eml").write_bytes(FORBIDDEN)
    expect = corpus / "one.expect"
    expect.write_text('action = "reject"\n')
    assert main(["replay", str(corpus)]) == 0
    expect.write_text('action = "reject"\nabsent = ["policy extension .exe"]\n')
    assert main(["replay", str(corpus)]) == DIFFERS


def test_the_same_finding_twice_counts_once(corpus: Path) -> None:
    """The expectation is a set."""
    (corpus / "one.eml").write_bytes(message(attachment(b"hello", "x.exe"), attachment(b"bye", "y.exe")))
    (corpus / "one.expect").write_text('action = "reject"\nfindings = ["policy extension .exe"]\n')
    assert main(["replay", str(corpus)]) == 0


def test_json(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An object for each case that differs, and one at the end."""
    (corpus / "one.eml").write_bytes(FORBIDDEN)
    assert main(["replay", "--json", str(corpus)]) == DIFFERS
    different, end = objects(capsys)
    assert different == {
        "case": "one",
        "form": "as it came",
        "error": "",
        "expected": {"action": "accept", "findings": []},
        "got": {
            "action": "reject",
            "recipients": {"bob@example.com": "reject"},
            "findings": ["policy extension .exe"],
        },
        "missing": [],
        "unexpected": ["policy extension .exe"],
        "forbidden": [],
    }
    assert end == {"cases": 1, "different": 1, "written": []}


def test_a_missing_expectation_names_the_way_out(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where others have one it is a difference: nobody has said yet what is right."""
    (corpus / "two.eml").write_bytes(HARMLESS)
    assert main(["replay", str(corpus)]) == MISSING
    assert said(capsys)[0] == "two as it came: there is no two.expect; --update writes it"


def test_a_corpus_without_expectations_is_told(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What becomes of each message; nothing is wrong with that."""
    (corpus / "one.expect").unlink()
    (corpus / "two.eml").write_bytes(FORBIDDEN)
    assert main(["replay", str(corpus)]) == 0
    assert said(capsys) == [
        "one as it came: accept",
        "two as it came: reject; policy extension .exe",
        "2 cases, nothing is expected of them",
    ]


def test_a_message_alone(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Or several, with the expectation beside each."""
    (corpus / "two.eml").write_bytes(HARMLESS)
    (corpus / "two.expect").write_text(ACCEPTED)
    assert main(["replay", str(corpus / "one.eml"), str(corpus / "two.eml")]) == 0
    assert said(capsys) == ["2 cases, 0 not as expected"]


def test_the_name_of_an_expectation_that_a_folder_lacks(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Several folders are told apart by their names in front."""
    other = corpus / "other"
    other.mkdir()
    (other / "two.eml").write_bytes(HARMLESS)
    assert main(["replay", str(corpus), str(other)]) == MISSING
    assert said(capsys)[1] == f"{other}/two as it came: there is no two.expect; --update writes it"


ENVELOPE = """
action = "quarantine"
[recipients]
"bob@example.com" = "accept"
"all@example.com" = "quarantine"
[envelope]
sender = "carol@example.org"
recipients = ["bob@example.com", "all@example.com"]
ip = "192.0.2.7"
"""
RULE = """
from qsfilter import reject, rule

@rule("closed list")
def closed(message):
    assert message.envelope.sender == b"carol@example.org" and message.client.ip == "192.0.2.7"
    if b"all@example.com" in message.envelope.recipients:
        return reject("closed", recipients=(b"all@example.com",))
"""


def test_an_expectation_names_envelope_and_recipients(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One message may have an answer for each of its recipients."""
    (corpus / "rule.rules").write_text(RULE)
    (corpus / CONFIG).write_text(f'[rules]\nfiles = ["{corpus}/rule.rules"]\n')
    expect = corpus / "one.expect"
    expect.write_text(ENVELOPE)
    assert main(["replay", str(corpus)]) == 0, said(capsys)
    expect.write_text(ENVELOPE.replace('com" = "accept"', 'com" = "reject"'))
    capsys.readouterr()
    assert main(["replay", str(corpus)]) == DIFFERS
    assert said(capsys)[0].endswith("quarantine as expected; bob@example.com expected reject, got accept")
    assert main(["replay", "--update", str(corpus)]) == 0
    assert tomllib.loads(expect.read_text()) == tomllib.loads(ENVELOPE)


def test_the_envelope_may_be_an_option(corpus: Path) -> None:
    """For all messages whose expectations name none."""
    (corpus / "rule.rules").write_text(RULE)
    (corpus / CONFIG).write_text(f'[rules]\nfiles = ["{corpus}/rule.rules"]\n')
    options = ["--sender", "carol@example.org", "--client-ip", "192.0.2.7", "--recipient", "all@example.com"]
    assert main(["replay", str(corpus)]) == DIFFERS
    (corpus / "one.expect").write_text('action = "reject"\n')
    assert main(["replay", *options, str(corpus)]) == 0


def test_update_writes_what_happens_now(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From then on all is as expected."""
    (corpus / "one.eml").write_bytes(FORBIDDEN)
    (corpus / "one.expect").unlink()
    assert main(["replay", "--update", str(corpus)]) == 0
    assert said(capsys) == ["1 cases, 0 not as expected, 1 expectations written"]
    assert tomllib.loads((corpus / "one.expect").read_text()) == {
        "action": "reject",
        "findings": ["policy extension .exe"],
    }
    assert main(["replay", str(corpus)]) == 0


def test_update_keeps_what_people_wrote(corpus: Path) -> None:
    """The comment, and what must be absent: a case that breaks it goes on differing."""
    (corpus / "one.eml").write_bytes(FORBIDDEN)
    expect = corpus / "one.expect"
    expect.write_text('action = "accept"\nabsent = ["policy"]\ncomment = "never"\n')
    assert main(["replay", "--update", str(corpus)]) == DIFFERS
    assert tomllib.loads(expect.read_text()) == {"action": "reject", "absent": ["policy"], "comment": "never"}


def test_update_leaves_alone_what_is_right(corpus: Path) -> None:
    """Also the way in which people wrote it."""
    text = "# by hand\n" + ACCEPTED
    (corpus / "one.expect").write_text(text)
    assert main(["replay", "--update", str(corpus)]) == 0
    assert (corpus / "one.expect").read_text() == text


def test_update_of_several_messages_with_one_expectation(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Findings that differ are left open; an action that differs goes on differing."""
    (corpus / "family.py").write_text(FAMILY)
    assert main(["replay", "--update", str(corpus)]) == DIFFERS
    assert tomllib.loads((corpus / "family.expect").read_text()) == {"action": "accept"}
    assert [line.partition(";")[0] for line in said(capsys)[:-1]] == [
        "family:infected LF: expected accept, got quarantine",
        "family:infected CRLF: expected accept, got quarantine",
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("action = ", "Invalid value"),
        ("findings = []\n", "action must be set"),
        ('action = "accept"\nfinding = []\n', "wrong key finding"),
        ('action = "accept"\nfindings = "none"\n', "wrong key findings"),
    ],
)
def test_an_expectation_that_cannot_be_read(
    corpus: Path, capsys: pytest.CaptureFixture[str], text: str, why: str
) -> None:
    """It is no difference but an unreadable corpus, and an update does not write over it."""
    (corpus / "one.expect").write_text(text)
    assert main(["replay", "--update", str(corpus)]) == UNREADABLE
    line = said(capsys)[0]
    assert line.startswith("one as it came: one.expect can't be read")
    assert why in line
    assert (corpus / "one.expect").read_text() == text


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("def build(", "can't be read: SyntaxError"),
        ("x = 1\n", "can't be read: KeyError: 'build'"),
        ('NEWLINES = ("x",)\ndef build(newline): return b""\n', "can't be read: KeyError: 'x'"),
        ("def build(newline): return 1 / 0\n", "can't be built: ZeroDivisionError"),
    ],
)
def test_a_module_that_cannot_be_run(corpus: Path, capsys: pytest.CaptureFixture[str], source: str, why: str) -> None:
    """The other cases are replayed all the same."""
    (corpus / "bad.py").write_text(source)
    assert main(["replay", str(corpus)]) == UNREADABLE
    lines = said(capsys)
    assert why in lines[0]
    assert lines[-1].endswith("not as expected")
    assert not any(line.startswith("one") for line in lines)


@pytest.mark.parametrize("make", [True, False])
def test_a_corpus_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str], *, make: bool) -> None:
    """A folder that is not there, and one without a case."""
    if make:
        (tmp_path / "corpus").mkdir()
    assert main(["replay", str(tmp_path / "corpus")]) == UNREADABLE
    captured = capsys.readouterr()
    assert not captured.out
    assert "corpus" in captured.err


def test_the_configuration_is_named_or_the_corpus_s_own_or_the_default(corpus: Path) -> None:
    """In that order."""
    (corpus / "one.eml").write_bytes(FORBIDDEN)
    (corpus / "other.toml").write_text('[plugins.attachments]\nallow = [".exe"]\n')
    assert main(["replay", "--config", str(corpus / "other.toml"), str(corpus)]) == 0
    (corpus / "one.expect").write_text('action = "reject"\nfindings = ["policy extension .exe"]\n')
    assert main(["replay", str(corpus)]) == 0
    (corpus / CONFIG).unlink()
    assert main(["replay", str(corpus)]) == 0


def test_a_bad_configuration(corpus: Path) -> None:
    """It has the exit code that it has everywhere."""
    assert main(["replay", "--config", str(corpus / "none.toml"), str(corpus)]) == BAD_CONFIG


@pytest.mark.parametrize("options", [[], ["--diff"]], ids=["expected", "diff"])
def test_a_plugin_that_does_not_start_is_no_success(
    corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    """Also where all is the same without it."""

    @plugin
    class Unstartable:
        @hookimpl
        def start(self) -> None:
            raise OSError("no server")

    module = types.ModuleType("plugin_of_the_test_of_replay")
    vars(module)["Unstartable"] = Unstartable
    monkeypatch.setitem(sys.modules, module.__name__, module)
    file = corpus / CONFIG
    file.write_text(f'[plugins.broken]\nuse = "{module.__name__}:Unstartable"\non_error = "accept"\n')
    (corpus / "one.expect").write_text('action = "accept"\n')
    arguments = [str(file), str(file)] if options else []
    assert main(["replay", *options, *arguments, str(corpus)]) == DIFFERS
    told = capsys.readouterr()
    assert told.err == 'qsfilter: plugin "broken" does not start: OSError: no server\n'
    assert told.out.endswith(" 0 change\n" if options else " 0 not as expected\n")


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_number_of_processes_that_is_none(corpus: Path, capsys: pytest.CaptureFixture[str], number: str) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["replay", f"--jobs={number}", str(corpus)])
    assert raised.value.code == UNREADABLE
    assert "takes a number from 1 up" in capsys.readouterr().err


def test_progress_is_shown_on_a_terminal(
    corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nowhere else."""
    main(["replay", str(corpus)])
    assert not capsys.readouterr().err
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    main(["replay", str(corpus)])
    shown = capsys.readouterr().err
    assert "] 1 of 1, " in shown
    assert shown.endswith("\r\x1b[K"), "the line is taken away in the end"


def test_a_filter_of_one_s_own(corpus: Path) -> None:
    """The core takes any Filter and prints nothing."""
    (corpus / "one.eml").write_bytes(FORBIDDEN)
    (case,) = cases(str(corpus))
    assert replay(Filter(), case).right
    assert not replay(config.load(str(corpus / CONFIG)), case).right


def test_an_expectation_survives_being_written(tmp_path: Path) -> None:
    """Whatever stands in it."""
    wanted = Expected(
        action="accept",
        findings=('a "b"\\', "ä\x7f\n\t"),
        absent=("c",),
        comment="d\n'e'",
        recipients=(("ä@example.com", "reject"),),
        given=Given(sender=b"", recipients=(b"x@example.com",), ip="::1", relay=True, user="u"),
    )
    path = tmp_path / "one.expect"
    path.write_text(expect_text(wanted), encoding="utf-8")
    assert expected(str(path)) == wanted
