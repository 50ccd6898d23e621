"""What the documentation shows works: blocks are parsed, commands are known, and pages are followed as a reader would.

A page is followed in an empty folder, from top to bottom: its files are saved, its commands of `$` are run, and what
they print is compared. The few that are not run stand in `NOT_RUN`, each with the reason; those of `#` are root's on a
mail server, and are held against bash and our own parsers. `tests/test_scanned_qmail.py` runs those of the tutorial.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
import tomllib
import types
from functools import cache
from typing import TYPE_CHECKING

import pytest
import yaml

from qsfilter import Envelope, config, discovery, edge
from qsfilter.builtin.site_rules import load_rules
from qsfilter.cli import COMMANDS, Parser
from qsfilter.testing import QueueStandIn, attachment, message, part
from tests.doc_pages import (
    DOCS,
    PAGES,
    READMES,
    ROOT,
    SAVED,
    Step,
    assert_shows,
    bash,
    blocks,
    shown,
    steps,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

EVERYWHERE = [*PAGES, *READMES]
LANGUAGES = {"console", "python", "toml", "json", "yaml", "text", "ini", ""}
CONFIGURATION = "/etc/qsfilter/qsfilter.toml"
FIRST_ID, SECOND_ID = "3f2a9c", "77b01d"
"""Ids of copies, on the pages about the quarantine."""
AS_THE_USER_OF_MAIL = "it is about real mail of a site; its commands are held against our parsers, and tried in "
NOT_RUN: dict[str, dict[str, str]] = {
    "CONTRIBUTING.md": {"": "the targets of make are what runs the tests"},
    "README.md": {"": "the demonstration has a test of its own, the others are what runs the tests"},
    "docs/explanation/speed.md": {"": "measuring takes minutes; tests/benchmarks is run by make bench"},
    "docs/how-to/fuzz.md": {"": "needs atheris, which stands in no lock; tests/fuzz/test_fuzz.py tries the targets"},
    "docs/how-to/keep-an-archive.md": {"": f"{AS_THE_USER_OF_MAIL}plugins/qsfilter-archive/tests"},
    "docs/how-to/send-notices.md": {"": f"{AS_THE_USER_OF_MAIL}tests/test_outbox_command.py"},
    "docs/how-to/tell-people.md": {"": f"{AS_THE_USER_OF_MAIL}plugins/qsfilter-notify/tests"},
    "docs/how-to/write-a-plugin.md": {"": "installs a package; its tests are run below, and the scaffold's elsewhere"},
    "docs/reference/command-line.md": {"": "synopses"},
    "docs/tutorial/first-plugin.md": {"": "makes a venv and packages in it: tests/test_scaffold.py follows it"},
    "docs/tutorial/scanned-qmail.md": {"": "needs clamd and mailfront: tests/test_scanned_qmail.py follows it"},
    "docs/tutorial/first-rule.md": {
        "make demo": "the demonstration has a test of its own",
        "mkdir site": "the test is in an empty folder already",
        "cd site": "as above",
        "PATH=": "as above: ours are on the path",
    },
    "examples/README.md": {"": "asks about a message that the reader has"},
}
"""By page: how commands of `$` begin that are not run (empty: all), and why."""


def reason(page: Path, command: str) -> str:
    """Say why COMMAND on PAGE is not run; empty if it is."""
    return next((why for start, why in NOT_RUN.get(shown(page), {}).items() if command.startswith(start)), "")


def in_language(language: str) -> list[object]:
    """Return the blocks in LANGUAGE on all pages, each with a name to show."""
    return [pytest.param(block.source, id=block.place) for block in blocks(EVERYWHERE) if block.language == language]


# --- blocks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", EVERYWHERE, ids=shown)
def test_every_block_says_what_it_is_in(page: Path) -> None:
    for block in blocks([page]):
        assert block.language in LANGUAGES, block.place


@pytest.fixture
def hash_list(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """Make the plugin of the how-to a module."""
    module = types.ModuleType("hash_list_of_the_documentation")
    source = dict(SAVED.findall((DOCS / "how-to/write-a-plugin.md").read_text()))["src/qsfilter_hashlist/__init__.py"]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(source, module.__name__, "exec"), vars(module))  # noqa: S102 - our own documentation
    return module


@pytest.mark.parametrize("source", in_language("toml"))
def test_a_toml_block_is_a_configuration(source: str, hash_list: types.ModuleType) -> None:
    table = tomllib.loads(source)
    if "project" in table:
        return
    tables = table.get("plugins", {})
    tables.pop("gift-cards", None)  # the reader's own
    if "hashlist" in tables:
        tables["hashlist"].setdefault("use", f"{hash_list.__name__}:HashList")
    if "rules" in table:
        table["rules"]["files"] = [str(ROOT / "examples/rules/encrypted_archives.py")]
    config.from_table(table, "block")


@pytest.mark.parametrize("source", in_language("python"))
def test_a_python_block_can_be_compiled(source: str, tmp_path: Path) -> None:
    compile(source, "block", "exec")
    if "@rule(" in source:
        file = tmp_path / "rules.py"
        file.write_text(source)
        assert load_rules(str(file))


def test_a_json_or_yaml_block_can_be_read() -> None:
    for block in blocks(EVERYWHERE):
        if block.language in {"json", "yaml"}:
            read = json.loads if block.language == "json" else yaml.safe_load
            assert read(block.source), block.place


# --- commands -------------------------------------------------------------------------------------------------------


@cache
def parsers() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command, of the core and of plugins."""
    own = {command.__name__.rpartition(".")[2].replace("_", "-"): command for command in COMMANDS}
    found = {}
    for name, command in {**{name: point.load() for name, point in discovery.commands().items()}, **own}.items():
        found[name] = Parser(prog=f"qsfilter {name}")
        command.add_arguments(found[name])
    return found


def options(parser: argparse.ArgumentParser) -> set[str]:
    """Return the options of PARSER and of the actions below it."""
    found = set()
    for action in parser._actions:
        found |= set(action.option_strings)
        for below in action.choices.values() if isinstance(action.choices, dict) else ():
            found |= options(below)
    return found


def calls(line: str) -> list[list[str]]:
    """Find the calls of `qsfilter` in a LINE of shell or of a crontab."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    found: list[list[str]] = []
    within = False
    words = list(lexer)
    for number, word in enumerate(words):
        if set(word) <= set("|&;<>()"):
            if within and ">" in word and found[-1][-1:] == ["2"]:
                found[-1].pop()  # the number of a descriptor
            within = False
        elif within:
            found[-1].append(word.replace("…", "0" * 60))  # … stands for the rest of a hash
        elif word.endswith("/bin/qsfilter") or (
            word == "qsfilter" and {*words[number + 1 : number + 2]} & {*parsers()}
        ):
            within = True
            found.append([])
    return [call for call in found if not any(one.startswith("[") for one in call)]


def typed() -> list[object]:
    """Return each command of qsfilter that somebody is told to type, or to put into a crontab."""
    found = {}
    for page in EVERYWHERE:
        lines = [step.text for step in steps(page) if step.what in "$#"]
        for block in blocks([page]):
            if block.language in {"", "text"}:
                lines += [line for line in block.source.splitlines() if re.match(r"[\d*@][\d*/, @a-z-]+ +\S", line)]
        for line in lines:
            for call in calls(line):
                found[f"{shown(page)}: {shlex.join(call)}"] = call
    return [pytest.param(call, id=name) for name, call in found.items()]


@pytest.mark.parametrize("call", typed())
def test_a_command_is_one_with_its_options(call: list[str]) -> None:
    assert call[0] in parsers()
    parsers()[call[0]].parse_args(call[1:])


@pytest.mark.parametrize("page", EVERYWHERE, ids=shown)
def test_what_a_text_calls_a_command_is_one(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for name, rest in re.findall(r"`qsfilter\s([a-z][a-z-]*)\b([^`]*)`", text):
        assert name in parsers(), name
        assert set(re.findall(r"--[a-z][a-z-]*", rest)) <= options(parsers()[name]), f"{name}{rest}"


@pytest.mark.parametrize("page", EVERYWHERE, ids=shown)
def test_what_a_page_shows_is_shell(page: Path, tmp_path: Path) -> None:
    script = "\n".join(step.text for step in steps(page) if step.what in "$#" and "[OPTIONS]" not in step.text)
    done = bash(f"set -n\n{script}", tmp_path)
    assert done.returncode == 0, done.stdout


# --- pages that are followed ----------------------------------------------------------------------------------------


def followed() -> list[Path]:
    """Return the pages of which a command is run."""
    return [page for page in EVERYWHERE if any(s.what == "$" and not reason(page, s.text) for s in steps(page))]


def held_mail(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Keep two messages in a site's quarantine; return what stands for the ids of the pages, and the environment."""
    queue = QueueStandIn(str(folder))
    site = folder / "qsfilter.toml"
    site.write_text(
        f'[deliver]\nqmail_queue = "{queue.program}"\n[quarantine]\npath = "{folder}/quarantine"\n'
        '[plugins.attachments]\n[plugins.yara]\nfiles = ["own.yar"]\n'
    )
    (folder / "own.yar").write_text('rule nothing { strings: $a = "no mail has this" condition: $a }\n')
    chosen = config.load(str(site))
    chosen.start()
    ids = []
    for name in ("setup.exe", "tool.exe"):
        envelope = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
        (kept,) = chosen.run(message(part(b"Hello\n"), attachment(b"MZ", name)), envelope).outcome.kept
        ids.append(kept.where.rpartition("/")[2])
    return {CONFIGURATION: str(site), FIRST_ID: ids[0], SECOND_ID: ids[1]}, {edge.VARIABLE: str(site)}


PREPARED: dict[str, Callable[[Path], tuple[dict[str, str], dict[str, str]]]] = {
    "docs/how-to/look-into-quarantine.md": held_mail,
    "docs/how-to/release-from-quarantine.md": held_mail,
}


@pytest.mark.parametrize("page", followed(), ids=shown)
def test_a_page_can_be_followed(page: Path, tmp_path: Path) -> None:
    replaced, environment = PREPARED[shown(page)](tmp_path) if shown(page) in PREPARED else ({}, {})
    for step in steps(page):
        file = tmp_path / step.text if step.what in {"save", "add"} else tmp_path
        if step.what == "save":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(step.shown)
        elif step.what == "add":
            file.write_text(f"{file.read_text()}\n{step.shown}")
        elif step.what == "$" and not reason(page, step.text):
            follow(step, tmp_path, replaced, environment)


def follow(step: Step, folder: Path, replaced: dict[str, str], environment: dict[str, str]) -> None:
    """Run a command as its page shows it, and compare what it prints."""
    command = step.text
    for old, new in replaced.items():
        command = command.replace(old, new)
    if " quarantine delete " in command:
        command += " --yes"  # nobody is at a terminal here
    done = bash(command, folder, environment)
    assert "Traceback" not in done.stdout, done.stdout
    if step.shown:
        assert_shows(step.shown, done.stdout)
    else:
        # A message that would not be delivered is 1.
        assert done.returncode in ({0, 1} if " explain " in command else {0}), f"{command}\n{done.stdout}"


def test_what_is_not_run_is_there() -> None:
    for name, starts in NOT_RUN.items():
        texts = [step.text for step in steps(ROOT / name) if step.what == "$"]
        for start in starts:
            assert any(text.startswith(start) for text in texts), f"{name}: {start}"


def test_what_the_sender_is_told_stands_as_it_is_told(tmp_path: Path) -> None:
    text = (DOCS / "how-to/explain-a-decision.md").read_text()
    for name, content in SAVED.findall(text):
        (tmp_path / name).write_text(content)
    told = re.search(r"^message refused: .*(?= \(id )", text, re.MULTILINE)
    assert told
    assert told[0] in bash("qsfilter explain --config site.toml letter.eml", tmp_path).stdout
