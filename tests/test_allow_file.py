"""The file of allow entries: whole at every moment, and without a word about malware."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from qsfilter import ConfigError
from qsfilter.config import from_table
from qsfilter.held.allow_file import add_entry, tables_in

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = '[[allow]]\nsilence = ["policy extension .exe"]\nsender = "alice@example.org"\ncomment = "{}"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the path of a file that is not there yet."""
    return tmp_path / "allow.toml"


def comments(file: Path) -> list[str]:
    return [table["comment"] for table in tables_in(str(file))]


def test_entries_are_added_behind_what_is_there(file: Path) -> None:
    assert tables_in(str(file)) == []
    add_entry(str(file), ENTRY.format("one"))
    file.write_text(f"# by hand\n{file.read_text().rstrip()}")
    add_entry(str(file), ENTRY.format("two"))
    assert comments(file) == ["one", "two"]
    assert file.read_text().startswith("# by hand\n")
    assert [path.name for path in file.parent.iterdir()] == ["allow.toml"]


def test_mode_and_owner_stay(file: Path) -> None:
    add_entry(str(file), ENTRY.format("one"))
    assert file.stat().st_mode & 0o777 == 0o640
    user = 12345 if os.geteuid() == 0 else os.geteuid()
    os.chown(file, user, -1)
    file.chmod(0o604)
    add_entry(str(file), ENTRY.format("two"))
    assert (file.stat().st_mode & 0o777, file.stat().st_uid) == (0o604, user)


WRITER = """
import sys
from qsfilter.held.allow_file import add_entry
for number in range(20):
    add_entry(sys.argv[1], sys.argv[2].format(f"{sys.argv[3]}.{number}"))
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
        add_entry(str(file), ENTRY.format("one"))
    assert file.read_bytes() == text.encode("latin-1")
    with pytest.raises(ConfigError, match=str(file)):
        from_table({"quarantine": {"allow": str(file)}}, "x.toml")


def test_its_entries_come_behind_those_of_the_configuration(file: Path) -> None:
    add_entry(str(file), ENTRY.format("file"))
    table = tomllib.loads(f'quarantine.allow = "{file}"\n' + ENTRY.format("configuration"))
    entries = from_table(table, "x.toml").setup.policy.allow
    assert [entry.comment for entry in entries] == ["configuration", "file"]
    assert entries[1].where == f"{file}: allow[1]"


def test_a_relative_path_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"quarantine\.allow: takes an absolute path"):
        from_table({"quarantine": {"allow": "allow.toml"}}, "x.toml")
