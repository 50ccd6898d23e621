"""The file of allow entries: whole at every moment, and without a word about malware."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from qsfilter import ConfigError
from qsfilter.config import from_table
from qsfilter.held.allow_file import LARGEST, add_entry, tables_in

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = '[[allow]]\nsilence = ["policy extension .exe"]\nsender = "alice@example.org"\ncomment = "{}"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the path of a file that is not there yet."""
    (tmp_path / "etc").mkdir()
    configuration(tmp_path / "allow.toml").write_text("")
    return tmp_path / "allow.toml"


def configuration(file: Path) -> Path:
    return file.parent / "etc" / "qsfilter.toml"


def add(file: Path, comment: str) -> None:
    add_entry(str(file), ENTRY.format(comment), str(configuration(file)))


def comments(file: Path) -> list[str]:
    return [table["comment"] for table in tables_in(str(file))]


def test_entries_are_added_behind_what_is_there(file: Path) -> None:
    assert tables_in(str(file)) == []
    add(file, "one")
    file.write_text(f"# by hand\n{file.read_text().rstrip()}")
    add(file, "two")
    assert comments(file) == ["one", "two"]
    assert file.read_text().startswith("# by hand\n")
    assert sorted(path.name for path in file.parent.iterdir()) == ["allow.toml", "etc"]


@pytest.mark.parametrize(("mode", "made"), [(0o644, 0o644), (0o640, 0o640), (0o660, 0o640), (0o600, 0o600)])
def test_whoever_can_read_the_configuration_can_read_a_file_that_is_made(file: Path, mode: int, made: int) -> None:
    configuration(file).chmod(mode)
    group = 12345 if os.geteuid() == 0 else os.getegid()
    os.chown(configuration(file), -1, group)
    add(file, "one")
    assert (file.stat().st_mode & 0o777, file.stat().st_gid) == (made, group)
    assert file.stat().st_uid == file.parent.stat().st_uid


def test_who_could_not_keep_its_readers_leaves_the_file_alone(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_descriptor: int, _user: int, _group: int) -> None:
        raise PermissionError(errno.EPERM, "not a member")

    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "fchown", refused)
    file.write_text(ENTRY.format("one"))
    file.chmod(0o640)
    with pytest.raises(PermissionError):
        add(file, "two")
    assert comments(file) == ["one"]
    file.chmod(0o644)
    add(file, "two")
    assert comments(file) == ["one", "two"]


def test_a_file_that_is_full_stays_one_that_can_be_read(file: Path) -> None:
    file.write_text("#" * (LARGEST - 20))
    with pytest.raises(ConfigError, match="more than"):
        add(file, "one")
    assert tables_in(str(file)) == []


def test_mode_and_owner_stay(file: Path) -> None:
    add(file, "one")
    user = 12345 if os.geteuid() == 0 else os.geteuid()
    os.chown(file, user, -1)
    file.chmod(0o604)
    add(file, "two")
    assert (file.stat().st_mode & 0o777, file.stat().st_uid) == (0o604, user)


WRITER = """
import sys
from qsfilter.held.allow_file import add_entry
for number in range(20):
    add_entry(sys.argv[1], sys.argv[2].format(f"{sys.argv[3]}.{number}"), "/dev/null")
"""


def test_of_many_who_add_none_is_lost(file: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", WRITER, str(file), ENTRY, str(one)]) for one in range(4)]
    while any(process.poll() is None for process in running):
        tables_in(str(file))
    assert [process.wait(60) for process in running] == [0] * 4
    assert sorted(comments(file)) == sorted(f"{one}.{number}" for one in range(4) for number in range(20))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[[allow]\n", "Expected"),
        ("\xff", "decode"),
        ('relays = ["192.0.2.1"]\n', "nothing else"),
        ("[allow]\n", "nothing else"),
        ('[[allow]]\nsilence = "malware X"\n', "malware is silenced in the configuration itself only"),
        ('[[allow]]\nsilence = ["policy x", "malware *"]\n', "malware is silenced"),
    ],
)
def test_what_can_t_stand_there_is_refused_and_left_as_it_is(file: Path, text: str, wrong: str) -> None:
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match=wrong):
        tables_in(str(file))
    with pytest.raises(ConfigError, match=str(file)):
        add(file, "one")
    assert file.read_bytes() == text.encode("latin-1")
    with pytest.raises(ConfigError, match=str(file)):
        from_table({"quarantine": {"allow": str(file)}}, "x.toml")


def test_its_entries_come_behind_those_of_the_configuration(file: Path) -> None:
    add(file, "file")
    table = tomllib.loads(f'quarantine.allow = "{file}"\n' + ENTRY.format("configuration"))
    entries = from_table(table, "x.toml").setup.policy.allow
    assert [entry.comment for entry in entries] == ["configuration", "file"]
    assert entries[1].where == f"{file}: allow[1]"


def test_a_relative_path_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"quarantine\.allow: takes an absolute path"):
        from_table({"quarantine": {"allow": "allow.toml"}}, "x.toml")


def test_a_file_too_deep_to_be_read_is_a_mistake_in_it(tmp_path: Path) -> None:
    (tmp_path / "allow.toml").write_text("allow = " + "[" * 5000)
    with pytest.raises(ConfigError, match=r"allow\.toml"):
        tables_in(str(tmp_path / "allow.toml"))
