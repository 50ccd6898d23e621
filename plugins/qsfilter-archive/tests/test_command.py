"""The command: verify, head and find, for people and as JSON."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from qsfilter import Client, Envelope, Filter, cli
from qsfilter.testing.messages import message
from qsfilter.testing.running import QueueInMemory
from qsfilter_archive import Archive

if TYPE_CHECKING:
    from pathlib import Path

ALICE, BOB, CAROL = b"alice@example.org", b"bob@example.com", b"carol@example.net"


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """Return an archive with two messages, by domain."""
    made = tmp_path / "archive"
    options: dict[str, Any] = {"folders": "domain", "domains": ("example.com", "example.net")}
    chosen = Filter(Archive(path=str(made), **options), transport=QueueInMemory(), quarantine=str(tmp_path / "q"))
    chosen.start()
    for recipients in ((BOB,), (BOB, CAROL, b"\x1b[2J@example.org")):
        chosen.run(message(b"text\n"), Envelope(sender=ALICE, recipients=recipients), Client())
    return made


def run(box: Path, *arguments: str) -> int:
    return cli.main(["archive", *arguments, "--path", str(box)])


def objects(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_sound_archive(box: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(box, "verify") == 0
    assert capsys.readouterr().out == "the archive is sound: 3 lines, 3 copies read\n"
    assert run(box, "verify", "--json") == 0
    (told,) = objects(capsys)
    assert (told["sound"], told["lines"], told["copies"], told["number"]) == (True, 3, 3, 3)


def test_an_archive_in_which_something_is_missing(box: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (gone,) = (box / "example.net" / "new").iterdir()
    gone.unlink()
    assert run(box, "verify") == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first.split()[:2] == ["missing", f"example.net/{gone.name}"]
    assert last == "the archive is NOT as it was left: 3 lines, 3 copies read"
    assert run(box, "verify", "--json") == 1
    trouble, told = objects(capsys)
    assert (trouble["what"], trouble["fatal"], told["sound"]) == ("missing", True, False)
    tomorrow = time.strftime("%Y-%m-%d", time.localtime(time.time() + 2 * 86400))
    assert run(box, "verify", "--since", tomorrow) == 0
    assert "3 lines, 0 copies read" in capsys.readouterr().out


def test_the_head_is_held_against_it(box: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(box, "head") == 0
    number, _, head = capsys.readouterr().out.split()
    assert (number, len(head)) == ("3", 64)
    assert run(box, "head", "--json") == 0
    assert objects(capsys)[0]["head"] == head
    assert run(box, "verify", "--head", head) == 0
    assert "line 3 is the one that was asked for" in capsys.readouterr().out
    assert run(box, "verify", "--head", "f" * 64) == 1
    assert "no line has this hash" in capsys.readouterr().out


def test_an_archive_without_a_line_has_no_head(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "head") == 1
    assert capsys.readouterr().out == f"0 - {'0' * 64}\n"


def test_an_archive_that_is_not_there_is_not_called_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "none", "verify") == 2
    assert "there is no folder" in capsys.readouterr().err


def test_an_archive_that_is_empty_is_not_called_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It may have been emptied, or be the wrong folder."""
    assert run(tmp_path, "verify") == 1
    assert capsys.readouterr().out.startswith("there is nothing to verify: ")
    assert run(tmp_path, "verify", "--json") == 1
    assert objects(capsys)[0]["sound"] is False
    assert run(tmp_path, "find") == 1
    assert capsys.readouterr().out == f"no copy in {tmp_path} is one that was asked for\n"


def test_copies_are_found(box: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(box, "find", "--sender", "@example.org") == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["kept", "action", "bytes", "from", "to", "file"]
    assert len(rows) == 3
    assert all(row.isprintable() for row in rows)
    assert run(box, "find", "--recipient", "carol@example.net", "--json") == 0
    found = objects(capsys)
    assert [one["folder"] for one in found] == ["example.com", "example.net"]
    assert {os.path.exists(one["file"]) for one in found} == {True}
    assert run(box, "find", "--recipient", "@example.edu") == 1


def test_copies_are_found_by_their_time(box: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = box / "example.net" / "sidecar"
    (file,) = told.iterdir()
    sidecar = json.loads(file.read_text())
    file.write_text(json.dumps({**sidecar, "time": "2001-01-15T12:00:00Z"}))
    assert run(box, "find", "--since", "2001-01-15T11:00Z", "--until", "2001-01-15T12:01Z", "--json") == 0
    assert [one["folder"] for one in objects(capsys)] == ["example.net"]
    assert run(box, "find", "--until", "2001-01-15T12:00Z", "--since", "2001-01-14") == 1
    capsys.readouterr()
    assert run(box, "find", "--since", "1d", "--json") == 0
    assert [one["folder"] for one in objects(capsys)] == ["example.com"] * 2


@pytest.mark.parametrize(
    "damaged", ["", "[]", "{}", '{"sender": 1}', '{"sender": "", "recipients": ["!"]}', "[" * 9999]
)
def test_a_damaged_sidecar_hides_no_other(box: Path, capsys: pytest.CaptureFixture[str], damaged: str) -> None:
    (file,) = (box / "example.net" / "sidecar").iterdir()
    file.write_text(damaged)
    assert run(box, "find", "--json") == 0
    assert [one["folder"] for one in objects(capsys)] == ["example.com"] * 2


@pytest.mark.parametrize("wrong", [["--since", "yesterday"], ["--since", "2027-13-01"], ["--sender", "alice"]])
def test_what_can_t_be_meant_is_refused(box: Path, wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(box, "find", *wrong)
    assert caught.value.code == 2


def test_the_archive_is_that_of_the_configuration(
    box: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "qsfilter.toml"
    file.write_text(f'[plugins.archive]\npath = "{box}"\nmatch = "no"\n')
    assert cli.main(["archive", "head", "--config", str(file)]) == 0
    assert capsys.readouterr().out.startswith("3 ")
    file.write_text("")
    assert cli.main(["archive", "head", "--config", str(file)]) == 55
    assert "no table uses the plugin archive" in capsys.readouterr().err
    file.write_text(
        f'[plugins.archive]\npath = "{box}"\n[plugins.second]\nuse = "qsfilter_archive:Archive"\npath = "{box}"\n'
    )
    assert cli.main(["archive", "head", "--config", str(file)]) == 55
    assert "several tables" in capsys.readouterr().err
