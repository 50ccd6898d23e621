"""Which version of each rules file is in force, and what is said about it."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsfilter import Filter
from qsfilter.actions import Action, Kind
from qsfilter.builtin.rule_set import RuleSet, as_they_stand, for_check, for_long, for_mail
from qsfilter.errors import ConfigError, PluginError
from qsfilter.registry import Entry
from qsfilter.site_rules import files, kept_folder, trial
from qsfilter.testing import examine

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = "from qsfilter import *\n"
BROKEN = HEAD + "def :\n"


def text(name: str, reason: str = "", more: str = "") -> str:
    """Write a file with the rule NAME, whose vote gives REASON."""
    return f"{HEAD}{more}\n@rule({name!r})\ndef _(): return accept({reason or name!r})\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder for rules."""
    made = tmp_path / "rules.d"
    made.mkdir()
    return made


@pytest.fixture
def kept(tmp_path: Path) -> str:
    """Name a folder for the last good versions."""
    return str(tmp_path / "kept")


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every file at once; tests about settling say so."""
    monkeypatch.setattr(files, "SETTLE_SECONDS", 0.0)


def votes(rules: RuleSet) -> list[str]:
    """Return what the rules in force say, in their order."""
    return [next(iter([entry.plugin.function()])).reason for entry in rules.entries if entry.rule]


def names(rules: RuleSet) -> list[str]:
    """Return the names of the rules in force."""
    return [entry.name.removeprefix("rule:") for entry in rules.entries if entry.rule]


# --- files, folders, patterns ---------------------------------------------------------------------------------------


def test_a_folder_is_read_in_the_order_of_names(folder: Path) -> None:
    for name in ("20-b.py", "10-a.py", "30-c.py"):
        (folder / name).write_text(text(name))
    assert names(as_they_stand([str(folder)])) == ["10-a.py", "20-b.py", "30-c.py"]


@pytest.mark.parametrize("name", [".#x.py", ".hidden.py", "x.py~", "#x.py#", "x.py.bak", "x.pyc", "README"])
def test_what_editors_leave_in_a_folder_is_not_read(folder: Path, name: str) -> None:
    (folder / "a.py").write_text(text("a"))
    (folder / name).write_text(BROKEN)
    assert names(as_they_stand([str(folder)])) == ["a"]


def test_the_lock_of_an_editor_is_no_rule(folder: Path) -> None:
    (folder / "a.py").write_text(text("a"))
    (folder / ".#a.py").symlink_to("somebody@somewhere.1234")
    assert names(as_they_stand([str(folder)])) == ["a"]


def test_a_folder_may_be_empty(folder: Path) -> None:
    assert names(as_they_stand([str(folder)])) == []


def test_a_pattern_takes_the_names_that_match(folder: Path) -> None:
    for name in ("10-a.py", "10-b.py", "20-c.py", ".10-d.py"):
        (folder / name).write_text(text(name))
    assert names(as_they_stand([f"{folder}/10-*.py"])) == ["10-a.py", "10-b.py"]


def test_a_pattern_of_folders_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="a pattern is for names of files, not for folders"):
        as_they_stand([f"{tmp_path}/*/x.py"])


def test_a_file_that_is_named_twice_is_read_once(folder: Path) -> None:
    (folder / "a.py").write_text(text("a"))
    assert names(as_they_stand([str(folder), f"{folder}/a.py", f"{folder}/*.py"])) == ["a"]


def test_all_broken_files_are_named_at_once(folder: Path) -> None:
    (folder / "a.py").write_text(BROKEN)
    (folder / "b.py").write_text("\n1 / 0\n")
    with pytest.raises(ConfigError) as caught:
        as_they_stand([str(folder), "/nowhere/c.py"])
    assert re.fullmatch(
        rf"rules {folder}/a\.py:2: SyntaxError: .*; rules {folder}/b\.py:2: ZeroDivisionError: .*; "
        r"rules /nowhere/c\.py: No such file or directory",
        str(caught.value),
    )


def test_names_differ_over_all_files(folder: Path) -> None:
    (folder / "a.py").write_text(text("same"))
    (folder / "b.py").write_text("\n" + text("same"))
    with pytest.raises(ConfigError) as caught:
        as_they_stand([str(folder)])
    assert str(caught.value) == f"rules {folder}/b.py:4: rule 'same' is also at {folder}/a.py:3"


def test_a_folder_into_which_others_may_write_is_refused(folder: Path) -> None:
    folder.chmod(0o1777)
    with pytest.raises(ConfigError, match="others than its owner may write it"):
        as_they_stand([str(folder)])


# --- a file that can't be used any more -----------------------------------------------------------------------------


def remove(path: Path) -> None:
    path.unlink()


def become_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def become_huge(path: Path) -> None:
    os.truncate(path, 1 << 30)


def write(source: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(source)


BREAKS = {
    "syntax": (write(BROKEN), ":2: SyntaxError: "),
    "empty": (write(""), ": no function is marked"),
    "import": (write("import no_such_module_anywhere\n"), ":1: ModuleNotFoundError: "),
    "raises": (write("\n\n1 / 0\n"), ":3: ZeroDivisionError: "),
    "exits": (write("import sys\nsys.exit(0)\n"), ":2: SystemExit: "),
    "wrong rule": (write(HEAD + "@rule('a')\ndef _(mail): pass\n"), ":2: rule 'a' takes "),
    "removed": (remove, ": No such file or directory"),
    "folder": (become_folder, ": Is a directory"),
    "huge": (become_huge, ": has more than "),
    "open to others": (lambda path: path.chmod(0o666), ": others than its owner may write it"),
}
IN_A_PROCESS_OF_ITS_OWN = {
    "ends the process": (write("import os\nos._exit(0)\n"), ": the process that loaded it has ended"),
    "crashes": (write("import os\nos.kill(os.getpid(), 9)\n"), ": the process that loaded it has ended"),
    "hangs": (write("while True: pass\n"), ": was not loaded after 0.5 s"),
    "hangs and swallows": (
        write("import time\nwhile True:\n    try: time.sleep(9)\n    except BaseException: pass\n"),
        ": was not loaded after 0.5 s",
    ),
    "takes all memory": (write("x = bytearray(1 << 45)\n"), ":1: MemoryError"),
}


@pytest.mark.parametrize("way", BREAKS)
def test_the_last_good_version_goes_on_in_memory(tmp_path: Path, way: str) -> None:
    break_, why = BREAKS[way]
    path = tmp_path / "a.py"
    path.write_text(text("a"))
    rules = for_long([str(path)])
    assert rules.told == ()
    break_(path)
    assert rules.refresh()
    assert names(rules) == ["a"]
    (told,) = rules.told
    assert told.startswith(f"rules {path}{why}"), told
    assert re.search(r"; the version of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC goes on$", told)


@pytest.mark.parametrize("way", [*BREAKS, *IN_A_PROCESS_OF_ITS_OWN])
def test_the_last_good_version_goes_on_in_another_process(
    tmp_path: Path, kept: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "TRIAL_SECONDS", 0.5 if "hangs" in way else 20)
    break_, why = {**BREAKS, **IN_A_PROCESS_OF_ITS_OWN}[way]
    path = tmp_path / "a.py"
    path.write_text(text("a"))
    assert for_mail([str(path)], kept).told == ()
    break_(path)
    rules = for_mail([str(path)], kept)
    assert names(rules) == ["a"]
    (told,) = rules.told
    assert told.startswith(f"rules {path}{why}"), told
    assert told.endswith(" goes on")


@pytest.mark.parametrize("way", [way for way in (*BREAKS, *IN_A_PROCESS_OF_ITS_OWN) if way != "folder"])
def test_without_a_last_good_version_there_are_no_rules(
    tmp_path: Path, kept: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "TRIAL_SECONDS", 0.5 if "hangs" in way else 20)
    break_, why = {**BREAKS, **IN_A_PROCESS_OF_ITS_OWN}[way]
    path = tmp_path / "a.py"
    path.write_text(text("a"))
    break_(path)
    with pytest.raises(ConfigError) as caught:
        for_mail([str(path)], kept)
    assert str(caught.value).startswith(f"rules {path}{why}")
    assert not [name for name in os.listdir(kept) if name.endswith(".good")] if os.path.exists(kept) else True


def test_every_message_notes_it_and_none_waits(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "a.py"
    path.write_text(text("a"))
    for_mail([str(path)], kept)
    path.write_text(BROKEN)
    report = examine(Filter(rules=for_mail([str(path)], kept)), b"Subject: x\n\nbody")
    ((found),) = report.findings
    assert (found.kind, found.name, found.source) == (Kind.NOTE, "rules-stale", "site-rules")
    assert found.detail.startswith(f"rules {path}:2: SyntaxError: ")
    assert report.decision.action is Action.ACCEPT
    assert "a" in {vote.reason for vote in report.verdicts}


def test_a_rule_of_the_last_good_version_stands_in_the_trace_by_the_text_that_runs(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "a.py"
    path.write_text(text("a"))
    for_mail([str(path)], kept)
    path.write_text(BROKEN)
    (entry,) = [entry for entry in for_mail([str(path)], kept).entries if entry.rule]
    copy, _, line = entry.rule.rpartition(":")
    assert Path(copy).read_text().splitlines()[int(line) - 1] == "@rule('a')"
    assert Path(copy).parent == Path(kept)


def test_a_mended_file_is_in_force_again(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "a.py"
    for source, expected in ((text("a", "1"), "1"), (BROKEN, "1"), (text("a", "2"), "2"), (BROKEN, "2")):
        path.write_text(source)
        assert votes(for_mail([str(path)], kept)) == [expected]


def test_one_broken_file_holds_up_no_other(folder: Path, kept: str) -> None:
    (folder / "a.py").write_text(text("a", "1"))
    (folder / "b.py").write_text(text("b", "1"))
    for_mail([str(folder)], kept)
    (folder / "a.py").write_text(BROKEN)
    (folder / "b.py").write_text(text("b", "2"))
    assert votes(for_mail([str(folder)], kept)) == ["1", "2"]


def test_nothing_is_kept_before_all_are_good(folder: Path, kept: str) -> None:
    (folder / "a.py").write_text(text("a"))
    (folder / "b.py").write_text(BROKEN)
    for _ in range(2):
        with pytest.raises(ConfigError):
            for_mail([str(folder)], kept)
    assert not [name for name in os.listdir(kept) if not name.endswith(".bad")]


# --- folders that change --------------------------------------------------------------------------------------------


def test_a_file_that_is_taken_out_of_a_folder_is_no_longer_in_force(folder: Path, kept: str) -> None:
    (folder / "a.py").write_text(text("a"))
    (folder / "b.py").write_text(text("b"))
    for_mail([str(folder)], kept)
    (folder / "b.py").unlink()
    rules = for_mail([str(folder)], kept)
    assert (names(rules), rules.told) == (["a"], ())


def test_what_was_taken_out_does_not_come_back_with_a_broken_file(folder: Path, kept: str) -> None:
    (folder / "a.py").write_text(text("a"))
    for_mail([str(folder)], kept)
    (folder / "a.py").unlink()
    for_mail([str(folder)], kept)
    (folder / "a.py").write_text(BROKEN)
    rules = for_mail([str(folder)], kept)
    assert names(rules) == []
    assert rules.told[0].endswith("; mail goes on without it, as before it was there")


def test_a_new_broken_file_in_a_folder_is_left_out(folder: Path, kept: str) -> None:
    (folder / "a.py").write_text(text("a"))
    for_mail([str(folder)], kept)
    (folder / "b.py").write_text(BROKEN)
    rules = for_mail([str(folder)], kept)
    assert names(rules) == ["a"]
    (told,) = rules.told
    assert told.startswith(f"rules {folder}/b.py:2: SyntaxError: ")


def test_a_folder_that_is_gone_leaves_its_last_good_versions(folder: Path, kept: str) -> None:
    (folder / "a.py").write_text(text("a"))
    for_mail([str(folder)], kept)
    folder.rename(folder.with_name("elsewhere"))
    rules = for_mail([str(folder)], kept)
    assert names(rules) == ["a"]
    assert rules.told == (f"rules {folder}: No such file or directory; the last good versions of its 1 files go on",)


def test_a_new_file_with_a_name_that_is_taken_is_left_out(folder: Path, kept: str) -> None:
    (folder / "b.py").write_text(text("same", "old"))
    for_mail([str(folder)], kept)
    (folder / "a.py").write_text(text("same", "new"))
    rules = for_mail([str(folder)], kept)
    assert votes(rules) == ["old"]
    assert "rule 'same' is also at" in rules.told[0]


def test_a_change_that_takes_a_name_is_left_out(folder: Path, kept: str) -> None:
    (folder / "a.py").write_text(text("a"))
    (folder / "b.py").write_text(text("b"))
    for_mail([str(folder)], kept)
    (folder / "a.py").write_text(text("b"))
    rules = for_mail([str(folder)], kept)
    assert names(rules) == ["a", "b"]
    assert rules.told[0].endswith(" goes on")


def test_a_rule_may_move_to_another_file(folder: Path, kept: str) -> None:
    (folder / "a.py").write_text(text("a"))
    (folder / "b.py").write_text(text("b", "old") + text("moves", "old"))
    for_mail([str(folder)], kept)
    (folder / "a.py").write_text(text("a") + text("moves", "new"))
    assert votes(for_mail([str(folder)], kept)) == ["a", "old", "old"]
    (folder / "b.py").write_text(text("b", "new"))
    rules = for_mail([str(folder)], kept)
    assert (votes(rules), rules.told) == (["a", "new", "new"], ())


# --- files that are being written -----------------------------------------------------------------------------------


def test_half_of_a_file_does_not_take_the_place_of_a_whole_one(
    tmp_path: Path, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be valid."""
    path = tmp_path / "a.py"
    path.write_text(text("a", "1") + text("b", "1"))
    for_mail([str(path)], kept)
    monkeypatch.setattr(files, "SETTLE_SECONDS", 60.0)
    path.write_text(text("a", "2"))
    rules = for_mail([str(path)], kept)
    assert (votes(rules), rules.told) == (["1", "1"], ())
    monkeypatch.setattr(files, "SETTLE_SECONDS", 0.0)
    assert votes(for_mail([str(path)], kept)) == ["2"]


def test_a_file_that_has_just_gone_is_waited_for(folder: Path, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Editors move the old one away before they write the new one."""
    (folder / "a.py").write_text(text("a"))
    for_mail([str(folder)], kept)
    monkeypatch.setattr(files, "SETTLE_SECONDS", 60.0)
    (folder / "a.py").rename(folder / "a.py~")
    assert names(for_mail([str(folder)], kept)) == ["a"]
    monkeypatch.setattr(files, "SETTLE_SECONDS", 0.0)
    assert names(for_mail([str(folder)], kept)) == []


def test_a_file_that_goes_while_its_folder_is_read_is_waited_for(
    folder: Path, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.py").write_text(text("a"))
    for_mail([str(folder)], kept)
    monkeypatch.setattr(files, "SETTLE_SECONDS", 1.0)
    time.sleep(1.1)
    names_of = files.Place.names

    def moved_away(place: files.Place) -> list[str]:
        (folder / "a.py").rename(folder / "a.py~")
        return names_of(place)

    monkeypatch.setattr(files.Place, "names", moved_away)
    assert names(for_mail([str(folder)], kept)) == ["a"]


def test_a_new_file_in_a_folder_is_waited_for(folder: Path, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.py").write_text(text("a"))
    for_mail([str(folder)], kept)
    monkeypatch.setattr(files, "SETTLE_SECONDS", 60.0)
    (folder / "b.py").write_text(BROKEN)
    rules = for_mail([str(folder)], kept)
    assert (names(rules), rules.told) == (["a"], ())


def test_a_file_of_the_future_is_no_longer_being_written() -> None:
    """A clock that was set back must not hold up rules for years."""
    status = os.stat_result((0o644, 1, 1, 1, 0, 0, 0, 0, 0, int(time.time()) + 10_000))
    assert files.settled(status)


# --- Filters that live long -----------------------------------------------------------------------------------------


def test_a_filter_takes_over_what_has_changed(folder: Path) -> None:
    (folder / "a.py").write_text(text("a", "1"))
    chosen = Filter(rules=str(folder))
    chosen.start()
    (folder / "a.py").write_text(text("a", "2"))
    (folder / "b.py").write_text(text("b"))
    assert {vote.reason for vote in examine(chosen, b"x: y\n\n").verdicts} == {"1"}
    chosen.refresh()
    assert {vote.reason for vote in examine(chosen, b"x: y\n\n").verdicts} == {"2", "b"}
    (folder / "b.py").unlink()
    chosen.refresh()
    assert {vote.reason for vote in examine(chosen, b"x: y\n\n").verdicts} == {"2"}


def test_nothing_is_read_again_that_has_not_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.py").write_text(text("a"))
    rules = for_long([str(folder)])
    monkeypatch.setattr(files, "read", lambda _path: pytest.fail("read again"))
    assert not rules.refresh()
    (folder / "b.py").write_text(text("b"))
    with pytest.raises(pytest.fail.Exception):
        rules.refresh()


def test_a_file_that_has_not_changed_is_not_run_again(folder: Path) -> None:
    (folder / "a.py").write_text(text("a"))
    rules = for_long([str(folder)])
    before = next(entry for entry in rules.entries if entry.name == "rule:a")
    (folder / "b.py").write_text(text("b"))
    assert rules.refresh()
    assert before in rules.entries


def test_a_change_is_waited_for_in_memory_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_text(text("a", "1"))
    rules = for_long([str(path)])
    monkeypatch.setattr(files, "SETTLE_SECONDS", 60.0)
    path.write_text(text("a", "2"))
    rules.refresh()
    assert votes(rules) == ["1"]
    monkeypatch.setattr(files, "SETTLE_SECONDS", 0.0)
    assert rules.refresh()  # though the file is as it was
    assert votes(rules) == ["2"]


def test_a_module_that_comes_later_mends_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_text(text("a", "1"))
    rules = for_long([str(path)])
    path.write_text(text("a", "2", "import module_that_comes_later\n"))
    rules.refresh()
    assert votes(rules) == ["1"]
    (tmp_path / "module_that_comes_later.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert not rules.refresh()
    monkeypatch.setattr(rules, "_again", 0.0)
    assert rules.refresh()
    assert (votes(rules), rules.told) == (["2"], ())


def test_a_rule_with_the_name_of_a_table_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(text("a"))
    chosen = Filter(Entry(name="rule:taken", plugin=object()), rules=str(path))
    before = chosen.setup
    path.write_text(text("taken"))
    with pytest.raises(PluginError):
        chosen.refresh()
    assert chosen.setup is before


def test_versions_outlive_a_filter_with_a_folder(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "a.py"
    path.write_text(text("a"))
    Filter(rules=str(path), last_good=kept)
    path.write_text(BROKEN)
    assert Filter(rules=str(path), last_good=kept).rules.told


# --- the folder of last good versions -------------------------------------------------------------------------------


def test_the_folder_is_for_its_owner_alone(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "a.py"
    path.write_text(text("a"))
    old = os.umask(0)
    try:
        for_mail([str(path)], kept)
    finally:
        os.umask(old)
    assert os.stat(kept).st_mode & 0o777 == 0o700
    (copy,) = os.listdir(kept)
    assert os.stat(os.path.join(kept, copy)).st_mode & 0o777 == 0o600
    assert Path(kept, copy).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("mode", [0o770, 0o777, 0o1777])
def test_a_folder_that_others_can_write_is_not_used(tmp_path: Path, kept: str, mode: int) -> None:
    path = tmp_path / "a.py"
    path.write_text(text("a"))
    for_mail([str(path)], kept)
    os.chmod(kept, mode)
    path.write_text(BROKEN)
    with pytest.raises(ConfigError, match="SyntaxError"):
        for_mail([str(path)], kept)
    path.write_text(text("a", "2"))
    rules = for_mail([str(path)], kept)
    assert votes(rules) == ["2"]
    assert rules.told == (
        f"rules: can't keep the last good version of {path} in {kept}: others can write this (mode {mode:04o})",
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_belongs_to_another_user_is_not_run(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "a.py"
    path.write_text(text("a"))
    for_mail([str(path)], kept)
    (copy,) = os.listdir(kept)
    os.chown(os.path.join(kept, copy), 65534, 65534)
    path.write_text(BROKEN)
    with pytest.raises(ConfigError):
        for_mail([str(path)], kept)
    os.chown(os.path.join(kept, copy), 0, 0)
    os.chown(kept, 65534, 65534)
    with pytest.raises(ConfigError):
        for_mail([str(path)], kept)
    path.write_text(text("a"))
    (told,) = for_mail([str(path)], kept).told
    assert "this belongs to user 65534" in told


def test_a_link_in_the_place_of_a_copy_is_not_followed(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "a.py"
    path.write_text(text("a"))
    for_mail([str(path)], kept)
    (copy,) = Path(kept).iterdir()
    other = tmp_path / "other.py"
    other.write_text(text("a"))
    copy.unlink()
    copy.symlink_to(other)
    path.write_text(BROKEN)
    with pytest.raises(ConfigError):
        for_mail([str(path)], kept)


def test_a_folder_that_cant_be_written_holds_up_no_mail(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(text("a"))
    (tmp_path / "file").write_text("")
    rules = for_mail([str(path)], str(tmp_path / "file" / "kept"))
    assert names(rules) == ["a"]
    (told,) = rules.told
    assert told.startswith(f"rules: can't keep the last good version of {path} in {tmp_path}/file/kept: ")


def test_a_full_disk_leaves_the_version_before(tmp_path: Path, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_text(text("a", "1"))
    for_mail([str(path)], kept)
    before = sorted(os.listdir(kept))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(kept_folder, "write_all", full)
        path.write_text(text("a", "2"))
        rules = for_mail([str(path)], kept)
        assert votes(rules) == ["2"]
        assert rules.told[0].endswith("No space left on device")
    assert sorted(os.listdir(kept)) == before
    path.write_text(BROKEN)
    assert votes(for_mail([str(path)], kept)) == ["1"]


@pytest.mark.parametrize("step", ["write_all", "os.fsync", "os.rename"])
def test_an_interrupt_leaves_the_version_before_and_nothing_half(
    tmp_path: Path, kept: str, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "a.py"
    path.write_text(text("a", "1"))
    for_mail([str(path)], kept)
    before = {copy.name: copy.read_bytes() for copy in Path(kept).iterdir()}

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    path.write_text(text("a", "2"))
    monkeypatch.setattr(f"qsfilter.site_rules.kept_folder.{step}", interrupted)
    with pytest.raises(KeyboardInterrupt):
        for_mail([str(path)], kept)
    assert {copy.name: copy.read_bytes() for copy in Path(kept).iterdir()} == before


def test_a_version_that_is_in_force_is_neither_tried_nor_written_again(
    tmp_path: Path, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_text(text("a"))
    for_mail([str(path)], kept)
    monkeypatch.setattr(trial, "trial", lambda *_: pytest.fail("tried again"))
    monkeypatch.setattr(kept_folder.InFolder, "_write", lambda *_, **__: pytest.fail("written again"))
    assert names(for_mail([str(path)], kept)) == ["a"]


def test_a_broken_version_is_not_tried_for_every_message(
    tmp_path: Path, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_text(text("a"))
    for_mail([str(path)], kept)
    path.write_text(BROKEN)
    (told,) = for_mail([str(path)], kept).told
    tried: list[str] = []
    monkeypatch.setattr(trial, "trial", lambda _load, at: tried.append(at) or "rules still broken")
    assert for_mail([str(path)], kept).told == (told,)
    assert tried == []
    monkeypatch.setattr(kept_folder, "RETRY_SECONDS", 0.0)
    for_mail([str(path)], kept)
    assert tried == [str(path)]


@pytest.mark.parametrize("name", ["100%.py", "a%2Fb.py", "ü.py", "x y.py", "x.good.py"])
def test_names_of_any_kind_are_kept(folder: Path, kept: str, name: str) -> None:
    (folder / name).write_text(text("a"))
    for_mail([str(folder)], kept)
    (folder / name).write_text(BROKEN)
    assert names(for_mail([str(folder)], kept)) == ["a"]
    (folder / name).unlink()
    assert names(for_mail([str(folder)], kept)) == []
    assert not [left for left in os.listdir(kept) if left.endswith((".good", ".bad"))]


def test_a_name_that_is_too_long_to_be_kept_is_in_force(folder: Path, kept: str) -> None:
    (folder / f"{'x' * 250}.py").write_text(text("a"))
    rules = for_mail([str(folder)], kept)
    assert names(rules) == ["a"]
    assert rules.told[0].endswith("File name too long")


def test_what_a_killed_process_left_is_removed(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "a.py"
    os.mkdir(kept, 0o700)
    for name, age in (("tmp.old", 7200), ("tmp.new", 10)):
        Path(kept, name).write_text("half")
        os.utime(Path(kept, name), (time.time() - age,) * 2)
    path.write_text(text("a"))
    for_mail([str(path)], kept)
    assert sorted(name for name in os.listdir(kept) if name.startswith("tmp.")) == ["tmp.new"]


# --- check ----------------------------------------------------------------------------------------------------------


def problems(rules: RuleSet) -> list[tuple[str, bool]]:
    """Ask as `check` does."""
    plugin = next(entry.plugin for entry in rules.entries if entry.name == "site-rules")
    return [(problem.text, problem.fatal) for problem in plugin.check()] if hasattr(plugin, "check") else []


def test_check_says_nothing_where_nothing_is_wrong(folder: Path, kept: str) -> None:
    (folder / "a.py").write_text(text("a"))
    assert problems(for_check([str(folder)], kept)) == []
    assert not os.path.exists(kept)


def test_check_names_broken_files_and_what_goes_on_and_changes_nothing(folder: Path, kept: str) -> None:
    (folder / "a.py").write_text(text("a"))
    for_mail([str(folder)], kept)
    (folder / "a.py").write_text(BROKEN)
    (folder / "b.py").write_text(BROKEN)
    before = sorted(os.listdir(kept))
    rules = for_check([str(folder)], kept)
    assert names(rules) == []
    (first, fatal), (second, _) = problems(rules)
    assert fatal
    assert first.startswith(f"rules {folder}/a.py:2: SyntaxError: ")
    assert first.endswith(" goes on")
    assert second.startswith(f"rules {folder}/b.py:2: ")
    assert second.endswith("; mail goes on without it, as before it was there")
    assert sorted(os.listdir(kept)) == before


def test_check_names_what_is_not_read(folder: Path, kept: str) -> None:
    (folder / "a.py").write_text(text("a"))
    for name in ("b.py.disabled", "c.txt", ".d.swp"):
        (folder / name).write_text("")
    (folder / "__pycache__").mkdir()
    told = problems(for_check([str(folder)], kept))
    assert told == [(f"rules {folder}/{name}: is not read", False) for name in ("b.py.disabled", "c.txt")]


def test_check_does_not_hang(tmp_path: Path, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "TRIAL_SECONDS", 0.3)
    (tmp_path / "a.py").write_text("while True: pass\n")
    with pytest.raises(ConfigError, match=r"was not loaded after 0\.3 s"):
        for_check([str(tmp_path / "a.py")], kept)


def test_check_names_a_folder_that_others_can_write(tmp_path: Path, kept: str) -> None:
    os.mkdir(kept)
    os.chmod(kept, 0o777)  # noqa: S103 - that is the mistake
    (tmp_path / "a.py").write_text(text("a"))
    ((told, _),) = problems(for_check([str(tmp_path / "a.py")], kept))
    assert told == f"rules: {kept} can be written by others, so no last good version is kept in it"


# --- whatever happens -----------------------------------------------------------------------------------------------

STEP = st.tuples(st.sampled_from(["a.py", "b.py"]), st.sampled_from(["good", "broken", "empty", "gone", "clash"]))


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(STEP, max_size=8))
def test_what_is_in_force_is_always_a_good_version_that_was_there(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str]]
) -> None:
    """Of every file that is there and was good once, exactly one; of files that are gone, none."""
    folder = tmp_path_factory.mktemp("rules")
    good: dict[str, str] = {}
    for name in ("a.py", "b.py"):
        (folder / name).write_text(text(name, "0"))
        good[name] = "0"
    rules = for_long([str(folder)])
    for number, (name, step) in enumerate(steps, 1):
        path = folder / name
        if step == "good":
            path.write_text(text(name, str(number)))
            good[name] = str(number)
        elif step == "broken":
            path.write_text(f"{BROKEN}# {number}")
        elif step == "empty":
            path.write_text("")
        elif step == "clash":
            path.write_text(text("a.py", "x") + text("b.py", "x"))
            other = "b.py" if name == "a.py" else "a.py"
            if other not in good:
                good.pop(name, None)
        elif path.exists():
            path.unlink()
            good.pop(name, None)
        rules.refresh()
        if step != "clash" and "x" not in votes(rules):
            assert dict(zip(names(rules), votes(rules), strict=True)) == good
        assert len(set(names(rules))) == len(names(rules))
