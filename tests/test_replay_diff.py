"""`qsfilter replay --diff` lists exactly what changes, and `--junit` writes what CI systems read."""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as some

from qsfilter.cli import main
from qsfilter.replay.junit import JUnit
from qsfilter.testing.messages import attachment, eicar, message

if TYPE_CHECKING:
    from pathlib import Path

CHANGED, USAGE, BAD_CONFIG = 1, 2, 55
RULE = """
from qsfilter import reject, rule

@rule("closed list")
def closed(message):
    return reject("closed", recipients=(b"all@example.com",))
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A harmless message, one with a program, an infected one, and two configurations."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "infected.eml").write_bytes(message(attachment(eicar(), "a.bin")))
    (folder / "plain.eml").write_bytes(message(b"hello\n"))
    (folder / "program.eml").write_bytes(message(attachment(b"hello", "x.exe")))
    (tmp_path / "old.toml").write_text("[plugins.yara]\n[plugins.attachments]\n")
    (tmp_path / "new.toml").write_text('[plugins.yara]\n[plugins.attachments]\nallow = [".exe"]\n')
    return folder


def diff(corpus: Path, *options: str, new: str = "new.toml") -> int:
    folder = corpus.parent
    return main(["replay", "--diff", str(folder / "old.toml"), str(folder / new), *options, str(corpus)])


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_exactly_the_changed_messages_are_listed(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff(corpus) == CHANGED
    assert said(capsys) == [
        "program as it came: reject → accept; gone: policy extension .exe",
        "3 cases, 1 change",
    ]


def test_nothing_changes_between_equals(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff(corpus, new="old.toml") == 0
    assert said(capsys) == ["3 cases, 0 change"]


def test_findings_that_change_are_listed_where_the_action_stays(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus.parent / "new.toml").write_text(
        '[plugins.yara]\n[plugins.attachments]\nblock = [".bin"]\n[actions]\npolicy = "accept"\n'
    )
    assert diff(corpus) == CHANGED
    assert said(capsys)[0] == "infected as it came: quarantine as before; new: policy extension .bin"


def test_recipients_whose_answer_changes_are_named(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = corpus.parent / "rule.py"
    rule.write_text(RULE)
    (corpus.parent / "new.toml").write_text(f'[plugins.yara]\n[plugins.attachments]\n[rules]\nfiles = ["{rule}"]\n')
    options = ["--recipient", "bob@example.com", "--recipient", "all@example.com"]
    assert diff(corpus, *options) == CHANGED
    assert said(capsys)[0] == "plain as it came: accept → quarantine; all@example.com: accept → quarantine"


def test_a_diff_as_json(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff(corpus, "--json") == CHANGED
    change, end = [json.loads(line) for line in said(capsys)]
    assert change == {
        "case": "program",
        "form": "as it came",
        "error": "",
        "old": {
            "action": "reject",
            "recipients": {"bob@example.com": "reject"},
            "findings": ["policy extension .exe"],
        },
        "new": {"action": "accept", "recipients": {"bob@example.com": "accept"}, "findings": []},
        "appeared": [],
        "gone": ["policy extension .exe"],
    }
    assert end == {"cases": 3, "changed": 1}


def test_a_diff_needs_no_expectations_and_writes_none(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(corpus.iterdir())
    diff(corpus)
    assert sorted(corpus.iterdir()) == before
    assert diff(corpus, "--update") == USAGE
    assert diff(corpus, "--config", "x") == USAGE


def test_a_diff_with_a_configuration_that_cannot_be_used(corpus: Path) -> None:
    assert diff(corpus, new="none.toml") == BAD_CONFIG


def test_junit_tells_right_wrong_and_unreadable(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (corpus / "plain.expect").write_text('action = "accept"\n')
    (corpus / "program.expect").write_text('action = "accept"\n')
    (corpus / "infected.expect").write_text('action = "quarantine"\n')
    (corpus / "broken.py").write_text("1 / 0\n")
    junit = corpus.parent / "junit.xml"
    assert main(["replay", "--junit", str(junit), str(corpus)]) == USAGE
    suites = ET.parse(junit).getroot()  # noqa: S314 - our own file
    (suite,) = suites
    for one in (suites, suite):
        assert {key: one.get(key) for key in ("tests", "failures", "errors")} == {
            "tests": "4",
            "failures": "1",
            "errors": "1",
        }
    by_name = {case.get("name"): [child.tag for child in case] for case in suite}
    assert by_name == {
        "broken": ["error", "system-out"],
        "infected as it came": ["system-out"],
        "plain as it came": ["system-out"],
        "program as it came": ["failure", "system-out"],
    }
    failure = suite.find(".//failure")
    assert failure is not None
    assert failure.get("message") == ("program as it came: expected accept, got reject")


def test_junit_of_a_diff(corpus: Path) -> None:
    junit = corpus.parent / "junit.xml"
    assert diff(corpus, "--junit", str(junit)) == CHANGED
    suites = ET.parse(junit).getroot()  # noqa: S314 - our own file
    assert (suites.get("tests"), suites.get("failures")) == ("3", "1")


@given(some.text(), some.text(alphabet=some.characters(codec=None)))
def test_whatever_stands_in_a_name_the_file_is_xml(
    tmp_path_factory: pytest.TempPathFactory, one: str, two: str
) -> None:
    path = tmp_path_factory.mktemp("junit") / "junit.xml"
    with JUnit(str(path), two) as junit:
        junit.add(one, two, 0.0, failure=f"x{two}]]>", output=one)
    text = path.read_text()
    assert not re.search("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    assert len(ET.fromstring(text)[0]) == 1  # noqa: S314 - our own file


def test_junit_leaves_nothing_behind_where_the_run_fails(corpus: Path) -> None:
    junit = corpus.parent / "junit.xml"
    junit.write_text("the last one")
    assert main(["replay", "--junit", str(junit), "--config", "none.toml", str(corpus)]) == BAD_CONFIG
    assert junit.read_text() == "the last one"
    assert not [name for name in os.listdir(corpus.parent) if name.endswith(".tmp")]


def test_junit_into_a_pipe(corpus: Path) -> None:
    """What is no file is written to and not replaced."""
    pipe = corpus.parent / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert main(["replay", "--junit", str(pipe), str(corpus)]) == 0
    assert os.read(reader, 1 << 16).startswith(b"<?xml")
    os.close(reader)
    assert pipe.is_fifo()
