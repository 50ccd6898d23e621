"""The help of every command and action: an example that can be typed, any width, and completion in a real shell."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter.cli import demo, main
from qsfilter.cli.commands import parser_of
from qsfilter.cli.completion import SHELLS

if TYPE_CHECKING:
    from collections.abc import Iterator

BIN = Path(sys.executable).parent
COMPLETE = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
function=$(complete -p qsfilter | sed 's/.* -F \\([^ ]*\\) .*/\\1/')
"$function" qsfilter "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def below(parser: argparse.ArgumentParser, *names: str) -> Iterator[tuple[str, ...]]:
    """Yield the names that lead to each command and action below PARSER."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                yield (*names, name)
                yield from below(child, *names, name)


ALL = [*below(parser_of())]


def helped(capsys: pytest.CaptureFixture[str], names: tuple[str, ...]) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*names, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def examples(text: str) -> list[list[str]]:
    """Return the calls of qsfilter in the examples of a help TEXT, without what a shell would take off."""
    found = []
    for line in re.findall(
        r"^(?:examples?:)? *(qsfilter .*)", "example" + text.partition("\nexample")[2], re.MULTILINE
    ):
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = list(lexer)
        ends = [number for number, word in enumerate(words) if set(word) <= set("|&;<>()")]
        found.append(words[1 : min(ends, default=len(words))])
    assert found
    return found


@pytest.mark.parametrize("names", ALL, ids=" ".join)
def test_each_help_has_examples_of_itself_that_can_be_typed(
    capsys: pytest.CaptureFixture[str], names: tuple[str, ...]
) -> None:
    for example in examples(helped(capsys, names)):
        assert tuple(example[: len(names)]) == names
        parser_of(example[0]).parse_args(example)


@pytest.mark.parametrize("columns", [1, 20, 80, 400])
def test_a_terminal_may_have_any_width(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for names in [(), *ALL]:
        assert helped(capsys, names).startswith("usage:")


@pytest.mark.parametrize("columns", [80, 120])
def test_a_help_is_no_wider_than_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for names in [(), *ALL]:
        for line in helped(capsys, names).splitlines():
            assert len(line) <= columns, line


def test_every_command_prints_json_but_these() -> None:
    """A script for a shell, a format for machines already, and the log, whose form the configuration says."""
    without = {"completion", "metrics", "serve"}
    lacking = set()
    for parser in parsers(parser_of()):
        options = {option for action in parser._actions for option in action.option_strings}
        if not any(isinstance(action, argparse._SubParsersAction) for action in parser._actions):
            lacking |= {parser.prog.partition(" ")[2]} if "--json" not in options else set()
    assert lacking == without


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from parsers(child)


# --- completion -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Print the script for bash, as a user does."""
    file = tmp_path_factory.mktemp("completion") / "qsfilter"
    with file.open("wb") as out:
        subprocess.run([BIN / "qsfilter", "completion", "bash"], stdout=out, check=True)
    return file


def completed(script: Path, folder: Path, *words: str) -> set[str]:
    """Return what bash offers for the last of WORDS."""
    done = subprocess.run(
        ["bash", "--norc", "--noprofile", "-c", COMPLETE, "bash", script, *words],
        check=True,
        capture_output=True,
        text=True,
        cwd=folder,
    )
    assert done.stderr == ""
    return {word.rstrip() for word in done.stdout.splitlines()} - {""}


def test_bash_takes_the_script_as_correct(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True)


def test_bash_completes_commands_actions_options_choices_files_and_folders(script: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.eml").touch()
    (tmp_path / "letters").mkdir()
    assert completed(script, tmp_path, "qsfilter", "qu") == {"quarantine"}
    assert completed(script, tmp_path, "qsfilter", "") == {names[0] for names in ALL}
    assert completed(script, tmp_path, "qsfilter", "outbox", "") == {"list", "send", "drop"}
    assert completed(script, tmp_path, "qsfilter", "quarantine", "list", "--se") == {"--sender"}
    assert completed(script, tmp_path, "qsfilter", "quarantine", "list", "--box", "") == {"viruses", "policy", "spam"}
    assert completed(script, tmp_path, "qsfilter", "explain", "--config", "let") == {"letter.eml", "letters"}
    assert completed(script, tmp_path, "qsfilter", "quarantine", "list", "--path", "let") == {"letters"}
    assert completed(script, tmp_path, "qsfilter", "completion", "") == {*SHELLS}
    assert completed(script, tmp_path, "qsfilter", "archive", "find", "--se") == {"--sender"}


def test_bash_completes_both_configurations_of_a_comparison(script: Path, tmp_path: Path) -> None:
    """And a name with a blank as one."""
    (tmp_path / "old one.toml").touch()
    (tmp_path / "new.toml").touch()
    assert completed(script, tmp_path, "qsfilter", "replay", "--diff", "old") == {"old one.toml"}
    assert completed(script, tmp_path, "qsfilter", "replay", "--diff", "x", "n") == {"new.toml"}


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_is_told_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for names in ALL:
        assert names[-1] in script
    if shell != "bash":
        assert (demo.__doc__ or "").splitlines()[0] in script


def test_who_has_no_shtab_is_told_what_brings_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 55
    (line,) = capsys.readouterr().err.splitlines()
    assert line == 'qsfilter: completion needs shtab: pip install "qsfilter[completion]"'
