"""A site's rules: Python functions in a file, each a plugin that votes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from qsfilter import Filter
from qsfilter.actions import Action
from qsfilter.builtin.site_rules import load_rules
from qsfilter.errors import ConfigError
from qsfilter.testing import examine, message, problems

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qsfilter import Report

HEAD = "from qsfilter import *\n"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    """Write a rules file and return its path."""

    def to_file(source: str, name: str = "rules.py") -> str:
        (tmp_path / name).write_text(source)
        return str(tmp_path / name)

    return to_file


def examined(path: str, raw: bytes = b"Subject: x\n\nbody") -> Report:
    """Examine RAW by the rules at PATH."""
    return examine(Filter(rules=path), raw)


def refused(path: str) -> str:
    """Return the error for the rules at PATH."""
    with pytest.raises(ConfigError) as caught:
        load_rules(path)
    return str(caught.value)


# --- rules at work --------------------------------------------------------------------------------------------------


def test_a_rule_votes(write: Callable[..., str]) -> None:
    """Its reason is the decision's."""
    path = write(HEAD + "@rule('no')\ndef _():\n    return reject('not today')\n")
    (group,) = examined(path).decision.groups
    assert (group.action, group.reason) == (Action.REJECT, "not today")


def test_a_rule_without_an_answer_has_no_opinion(write: Callable[..., str]) -> None:
    """None is no vote."""
    assert examined(write(HEAD + "@rule('x')\ndef _(): pass\n")).decision.action is Action.ACCEPT


@pytest.mark.parametrize(
    "body",
    ["return [accept('a'), quarantine('b')]", "yield accept('a')\n    yield quarantine('b')"],
    ids=["list", "yield"],
)
def test_a_rule_may_give_several_votes(write: Callable[..., str], body: str) -> None:
    """In a list or one after the other."""
    assert examined(write(f"{HEAD}@rule('x')\ndef _():\n    {body}\n")).decision.action is Action.QUARANTINE


@pytest.mark.parametrize("arguments", ["message, findings, ctx", "ctx, message", "findings", "message"])
def test_a_rule_takes_what_it_needs(write: Callable[..., str], arguments: str) -> None:
    """Any of the three, in any order, each by its name."""
    checks = {
        "message": "message.root.blob.data == b'Subject: x\\n\\nbody'",
        "findings": "findings == ()",
        "ctx": "len(ctx.key) == 64",
    }
    condition = " and ".join(checks[name.strip()] for name in arguments.split(","))
    path = write(f"{HEAD}@rule('x')\ndef _({arguments}):\n    return reject('right') if {condition} else None\n")
    assert examined(path).decision.action is Action.REJECT


def test_a_rule_sees_what_was_found(write: Callable[..., str]) -> None:
    """All findings of the message."""
    vote = "defer('broken') if [f for f in findings if f.name == 'no-boundary'] else None"
    path = write(f"{HEAD}@rule('x')\ndef _(findings): return {vote}\n")
    assert examined(path, b"Content-Type: multipart/mixed\n\nx").decision.action is Action.DEFER
    assert examined(path).decision.action is Action.ACCEPT


def test_many_rules_may_be_called_underscore(write: Callable[..., str]) -> None:
    """They are told apart by the name that is given to the mark."""
    path = write(HEAD + "".join(f"@rule('r{number}')\ndef _(): return accept('{number}')\n" for number in range(5)))
    assert {vote.reason for vote in examined(path).verdicts} == {"0", "1", "2", "3", "4"}


def test_two_rules_of_one_name_are_refused(write: Callable[..., str]) -> None:
    """A report must say which one it was."""
    path = write(HEAD + "@rule('same')\ndef _(): pass\n@rule('same')\ndef _(): pass\n")
    assert refused(path) == f"rules {path}:4: rule 'same' is also at {path}:2; names must differ"


def test_rules_of_several_files_stand_beside_each_other(write: Callable[..., str]) -> None:
    """In one filter."""
    paths = [write(f"{HEAD}@rule('{name}')\ndef _(): return accept('{name}')\n", f"{name}.py") for name in "ab"]
    assert {vote.reason for vote in examine(Filter(rules=paths), message(b"x")).verdicts} == {"a", "b"}


def test_a_rules_file_may_have_helpers(write: Callable[..., str]) -> None:
    """What is not marked is no rule."""
    helper = "LIMIT = 3\ndef small(message): return message.root.blob.size < LIMIT\n"
    rule = "@rule('x')\ndef _(message): return accept('small') if small(message) else reject('large')\n"
    assert examined(write(HEAD + helper + rule)).decision.action is Action.REJECT


def test_a_rule_behind_a_decorator_of_another_module_is_a_rule(
    write: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is noted in the file that marks it; a rule that is silently not asked would let mail through."""
    helper = "def logged(f):\n    def inner(message): return f(message)\n    return inner\n"
    (tmp_path / "helper_of_rules.py").write_text(helper)
    monkeypatch.syspath_prepend(str(tmp_path))
    path = write(
        f"{HEAD}from helper_of_rules import logged\n@rule('plain')\ndef _(): pass\n"
        "@rule('behind')\n@logged\ndef _(message): return reject('x')\n"
    )
    assert {entry.name for entry in load_rules(path)} == {"rule:plain", "rule:behind"}


# --- modes ----------------------------------------------------------------------------------------------------------


def test_a_rule_in_shadow_votes_and_changes_nothing(write: Callable[..., str]) -> None:
    """The report says what it would have done."""
    report = examined(write(HEAD + "@rule('new', mode='shadow')\ndef _(): return reject('not yet')\n"))
    assert [(vote.source, vote.reason) for vote in report.verdicts if vote.shadow] == [("rule:new", "not yet")]
    assert report.decision.action is Action.ACCEPT


def test_a_rule_in_shadow_may_fail_and_nothing_waits(write: Callable[..., str]) -> None:
    """Its failure is reported where the other findings in shadow are."""
    report = examined(write(HEAD + "@rule('new', mode='shadow')\ndef _(): 1 / 0\n"))
    assert [found.source for found in report.shadow] == ["rule:new"]
    assert not report.findings
    assert report.decision.action is Action.ACCEPT


def test_a_rule_that_is_off_is_not_asked(write: Callable[..., str]) -> None:
    """A file may have nothing else."""
    report = examined(write(HEAD + "@rule('old', mode='off')\ndef _(): return reject('x')\n"))
    assert report.decision.action is Action.ACCEPT
    assert not [call for call in report.calls if call.rule]


def test_the_name_of_a_rule_that_is_off_is_taken(write: Callable[..., str]) -> None:
    """It will be switched on again."""
    path = write(HEAD + "@rule('same', mode='off')\ndef _(): pass\n@rule('same')\ndef _(): pass\n")
    assert "rule 'same' is also at" in refused(path)


# --- rules that fail ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("1 / 0", "crash"),
        ("raise SystemExit(0)", "crash"),
        ("return 'reject'", "nonsense"),
        ("return True", "nonsense"),
    ],
)
def test_a_rule_that_fails_is_a_failure(write: Callable[..., str], body: str, name: str) -> None:
    """Mail waits, and the others are asked all the same."""
    path = write(f"{HEAD}@rule('bad')\ndef _():\n    {body}\n@rule('good')\ndef _(): return accept('asked')\n")
    report = examined(path)
    assert [(str(found), found.source) for found in report.findings] == [(f"failure {name}", "rule:bad")]
    assert report.decision.action is Action.DEFER
    assert "asked" in {vote.reason for vote in report.verdicts}


@pytest.mark.parametrize("mark", ["@rule('bad')", "@rule('bad', mode='enforce')"])
def test_the_trace_says_which_rule_failed_and_where_it_stands(write: Callable[..., str], mark: str) -> None:
    """By file and line."""
    path = write(f"{HEAD}\n\n{mark}\ndef _():\n    1 / 0\n")
    (call,) = [call for call in examined(path).calls if call.rule]
    assert (call.plugin, call.rule) == ("rule:bad", f"{path}:4")
    assert "ZeroDivisionError" in call.result


def test_a_rule_may_be_wrapped(write: Callable[..., str]) -> None:
    """What it takes is known where the wrapper says what it wraps."""
    path = write(
        f"{HEAD}import functools\ndef logged(f):\n    @functools.wraps(f)\n    def inner(*args): return f(*args)\n"
        "    return inner\n@rule('x')\n@logged\ndef _(ctx, message):\n    return reject(message.root.origin)\n"
    )
    (group,) = examined(path).decision.groups
    assert group.reason == "message"


def test_the_trace_says_where_a_rule_stands(write: Callable[..., str]) -> None:
    """File and line, of its mark or of its function."""
    path = write(HEAD + "\n\n@rule('x')\ndef _(): pass\n")
    (call,) = [call for call in examined(path).calls if call.plugin == "rule:x"]
    assert call.rule in {f"{path}:4", f"{path}:5"}


def test_a_rule_is_a_plugin_without_problems(write: Callable[..., str]) -> None:
    """As any other."""
    (entry,) = load_rules(write(HEAD + "@rule('x')\ndef _(): pass\n"))
    assert problems(entry.plugin) == []


# --- files that can't be used ---------------------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """With the system's words."""
    assert refused(str(tmp_path / "none.py")) == f"rules {tmp_path}/none.py: No such file or directory"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """With the system's words."""
    assert refused(str(tmp_path)) == f"rules {tmp_path}: Is a directory"


@pytest.mark.parametrize(
    ("source", "line", "error"),
    [
        ("\n\ndef :\n", 3, "SyntaxError"),
        ("x = 1\ny = 1 / 0\n", 2, "ZeroDivisionError"),
        ("\nimport no_such_module_anywhere\n", 2, "ModuleNotFoundError"),
        ("def f():\n    raise KeyError('x')\nf()\n", 2, "KeyError"),
        ("\n\nraise SystemExit(0)\n", 3, "SystemExit"),
        ("\nimport sys\nsys.exit('bye')\n", 3, "SystemExit"),
        (HEAD + "@rule\ndef _(): pass\n", 2, "TypeError"),
        (HEAD + "@rule('')\ndef _(): pass\n", 2, "TypeError"),
        (HEAD + "@rule('x', 'shadow')\ndef _(): pass\n", 2, "TypeError"),
        (HEAD + "\n@rule('x', mode='shade')\ndef _(): pass\n", 3, "ValueError"),
    ],
)
def test_a_broken_file_is_refused_with_the_line(write: Callable[..., str], source: str, line: int, error: str) -> None:
    """Whatever is wrong with it."""
    path = write(source)
    assert refused(path).startswith(f"rules {path}:{line}: {error}: ")


@pytest.mark.parametrize(
    "source", [b"\xff\xfe x = 1\n", b"# coding: nonsense\n", b"x = '\0'\n"], ids=["bytes", "coding", "NUL"]
)
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, source: bytes) -> None:
    """Without a line where there is none."""
    (tmp_path / "rules.py").write_bytes(source)
    text = refused(str(tmp_path / "rules.py"))
    assert text.startswith(f"rules {tmp_path}/rules.py")
    assert "None" not in text


def test_nothing_is_written_beside_a_rules_file(write: Callable[..., str], tmp_path: Path) -> None:
    """A compiled copy could outlive the text."""
    load_rules(write(HEAD + "@rule('x')\ndef _(): pass\n"))
    assert [path.name for path in tmp_path.iterdir()] == ["rules.py"]


@pytest.mark.parametrize(("mode", "good"), [(0o644, True), (0o600, True), (0o666, False), (0o646, False)])
def test_a_file_that_others_may_write_is_refused(write: Callable[..., str], mode: int, good: bool) -> None:
    """They would be root, or whoever the mail system is."""
    path = write(HEAD + "@rule('x')\ndef _(): pass\n")
    os.chmod(path, mode)
    if good:
        assert load_rules(path)
    else:
        assert refused(path) == f"rules {path}: others than its owner may write it (mode {mode:04o}); chmod go-w"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize(("group", "good"), [(0, True), (7, True), (8, False)])
def test_a_file_that_a_group_may_write_is_refused_but_for_the_owner_s_own(
    write: Callable[..., str], group: int, good: bool
) -> None:
    """Where every user has a group of his number, files are often writable for it."""
    path = write(HEAD + "@rule('x')\ndef _(): pass\n")
    os.chown(path, 7, group)
    os.chmod(path, 0o664)
    if good:
        assert load_rules(path)
    else:
        assert "others than its owner may write it" in refused(path)


def test_a_file_in_a_folder_where_others_may_replace_it_is_refused(write: Callable[..., str], tmp_path: Path) -> None:
    """The sticky bit, as /tmp has it, makes that impossible."""
    path = write(HEAD + "@rule('x')\ndef _(): pass\n")
    tmp_path.chmod(0o777)
    assert refused(path) == f"rules {tmp_path}: others than its owner may write it (mode 0777); chmod go-w"
    tmp_path.chmod(0o1777)
    assert load_rules(path)


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    """Nobody may ever write to it."""
    os.mkfifo(tmp_path / "rules.py", 0o600)
    assert refused(str(tmp_path / "rules.py")) == f"rules {tmp_path}/rules.py: is no regular file"


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    """Without reading all of it."""
    with (tmp_path / "rules.py").open("wb") as file:
        file.truncate(1 << 40)
    assert refused(str(tmp_path / "rules.py")) == f"rules {tmp_path}/rules.py: has more than 1048576 bytes"


def test_an_error_in_a_file_that_is_imported_has_the_line_of_the_import(
    write: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is where the site's file goes wrong."""
    (tmp_path / "broken_helper_of_rules.py").write_text("\n\n\n\n\ndef :\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    path = write("\nimport broken_helper_of_rules\n")
    assert refused(path).startswith(f"rules {path}:2: SyntaxError: ")


@pytest.mark.parametrize("source", ["", "x = 1\n", HEAD, "__qsfilter_rules__ = 7\n"])
def test_a_file_without_rules_is_refused(write: Callable[..., str], source: str) -> None:
    """A forgotten mark would make it do nothing."""
    path = write(source)
    assert refused(path) == f'rules {path}: no function is marked @rule("name")'


@pytest.mark.parametrize("source", ["@rule('mine')\nclass A: pass\n", "rule('mine')(7)\n", "rule('mine')(None)\n"])
def test_what_is_no_function_is_no_rule(write: Callable[..., str], source: str) -> None:
    """It could not be asked."""
    path = write(HEAD + source)
    assert refused(path).startswith(f"rules {path}:")


@pytest.mark.parametrize("arguments", ["mail", "message, x=1", "message, *, ctx", "self, message", "*args", "**more"])
def test_a_rule_that_takes_something_else_is_refused(write: Callable[..., str], arguments: str) -> None:
    """With its place and what it may take."""
    path = write(f"{HEAD}\n@rule('mine')\ndef _({arguments}): pass\n")
    text = refused(path)
    assert text.startswith(f"rules {path}:")
    assert text.endswith("rule 'mine' takes message, findings, ctx and nothing else")
