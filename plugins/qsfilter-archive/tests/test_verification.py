"""What was changed behind an archive shows: any byte, any file, any line, and what nobody archived."""

from __future__ import annotations

import os
import subprocess
import time
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsfilter_archive.lines import START, Kept, read, written
from qsfilter_archive.manifest import days, end, file_of
from qsfilter_archive.verification import verify

from .archiving import BEGIN, DAY, FIRST_DAY, archive, notes, troubles

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive of three copies, in two days."""
    made = tmp_path_factory.mktemp("three") / "archive"
    for number in range(3):
        archive(made, number, BEGIN + number * 0.6 * DAY)
    assert verify(str(made)).sound
    return made


def copied(box: Path, to: Path) -> Path:
    subprocess.run(["cp", "-a", str(box), str(to)], check=True)
    return to


def everything(box: Path) -> list[Path]:
    """List every file of the archive that says or holds something."""
    return sorted(path for path in box.rglob("*") if path.is_file() and "locks" not in path.parts)


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_any_one_byte_that_is_changed_is_told(
    three: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    box = copied(three, tmp_path_factory.mktemp("case") / "archive")
    file = data.draw(st.sampled_from(everything(box)))
    content = bytearray(file.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    file.write_bytes(content)
    assert not verify(str(box)).sound


@pytest.mark.parametrize("number", range(8))
def test_any_file_that_is_removed_is_told(three: Path, tmp_path: Path, number: int) -> None:
    box = copied(three, tmp_path / "archive")
    there = everything(box)
    assert len(there) == 8
    there[number].unlink()
    assert not verify(str(box)).sound


@pytest.mark.parametrize("lines", [[1, 2], [0, 2], [1, 0, 2], [0, 2, 1], [0, 0, 1, 2], [2, 1, 0], [0, 1]])
def test_lines_that_are_removed_or_moved_are_told(three: Path, tmp_path: Path, lines: list[int]) -> None:
    """Here all lines are in one file; what is cut off at the end leaves a copy without a line."""
    box = copied(three, tmp_path / "archive")
    files = sorted((box / "manifest").glob("*.tsv"))
    whole = b"".join(file.read_bytes() for file in files).splitlines(keepends=True)
    assert len(whole) == 3
    for file in files[1:]:
        file.unlink()
    files[0].write_bytes(b"".join(whole))
    assert verify(str(box)).sound
    files[0].write_bytes(b"".join(whole[number] for number in lines))
    assert not verify(str(box)).sound


def test_an_end_that_was_cut_off_is_told_by_the_head(three: Path, tmp_path: Path) -> None:
    """With its copies, it is told by nothing else."""
    box = copied(three, tmp_path / "archive")
    head = end(str(box))[0]
    assert head is not None
    newest = file_of(str(box), days(str(box))[-1])
    content = (box / "manifest" / newest).read_bytes().splitlines(keepends=True)
    for folder in ("new/{}", "sidecar/{}.json"):
        (box / folder.format(head.name)).unlink()
    with open(newest, "wb") as file:
        file.writelines(content[:-1])
    assert verify(str(box)).sound
    assert troubles(verify(str(box), head=head.hash)) == ["head"]
    archive(box, 7, BEGIN + 5 * DAY)
    assert troubles(verify(str(box), head=head.hash)) == ["head"]


def test_a_head_of_old_is_found(three: Path, tmp_path: Path) -> None:
    box = copied(three, tmp_path / "archive")
    head = end(str(box))[0]
    archive(box, 7, BEGIN + 5 * DAY)
    assert head is not None
    found = verify(str(box), head=head.hash)
    assert (found.sound, found.head_at) == (True, 3)
    assert verify(str(box), head=START).sound


def test_readers_move_and_flag(three: Path, tmp_path: Path) -> None:
    box = copied(three, tmp_path / "archive")
    for number, file in enumerate((box / "new").iterdir()):
        file.rename(box / "cur" / f"{file.name}{['', ':2,', ':2,FRS'][number]}")
    assert verify(str(box)).troubles == ()


@pytest.mark.parametrize("what", ["link", "pipe", "folder"])
def test_what_is_no_file_is_no_copy(three: Path, tmp_path: Path, what: str) -> None:
    box = copied(three, tmp_path / "archive")
    file = next((box / "new").iterdir())
    moved = file.rename(tmp_path / "moved")
    {"link": lambda: file.symlink_to(moved), "pipe": lambda: os.mkfifo(file), "folder": file.mkdir}[what]()
    assert len(troubles(verify(str(box)))) == 1


def test_what_nobody_archived_is_told(three: Path, tmp_path: Path) -> None:
    box = copied(three, tmp_path / "archive")
    (box / "cur" / "1234.host:2,S").write_bytes(b"Subject: planted\n\n")
    assert troubles(verify(str(box))) == ["not-in-manifest"]
    name = next((box / "new").iterdir()).name
    (box / "cur" / f"{name}:2,S").write_bytes(b"Subject: planted\n\n")
    assert troubles(verify(str(box))) == ["not-in-manifest"] * 2


def test_what_is_older_may_have_gone(three: Path, tmp_path: Path) -> None:
    """Mail that has been moved away, with its day of the manifest or without."""
    box = copied(three, tmp_path / "archive")
    line = read((box / "manifest" / f"{FIRST_DAY}.tsv").read_bytes().splitlines()[0])
    assert line is not None
    (box / "new" / line.name).unlink()
    (box / "sidecar" / f"{line.name}.json").unlink()
    assert troubles(verify(str(box))) == ["missing", "missing"]
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(BEGIN + 1))
    assert verify(str(box), since=later).sound
    first = box / "manifest" / f"{FIRST_DAY}.tsv"
    lines = first.read_bytes().splitlines(keepends=True)
    first.write_bytes(b"".join(lines[1:])) if lines[1:] else first.unlink()
    assert troubles(verify(str(box))) == ["beginning"]
    found = verify(str(box), since=later)
    assert (found.sound, notes(found), found.copies) == (True, ["beginning"], 2)


def test_what_may_not_be_read_is_not_called_damaged(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: str) -> int:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("qsfilter_archive.verification.opened", refused)
    with pytest.raises(PermissionError):
        verify(str(three))


def test_an_archive_that_is_not_there_is_empty(tmp_path: Path) -> None:
    found = verify(str(tmp_path / "none"))
    assert (found.troubles, found.lines, found.last) == ((), 0, None)
    assert not (tmp_path / "none").exists()


def test_a_thousand_copies_are_verified(box: Path) -> None:
    archive(box)
    for number in range(1, 1000):
        name, raw, told = f"{number:064x}", b"%d" % number * 100, b"{}"
        (box / "new" / name).write_bytes(raw)
        (box / "sidecar" / f"{name}.json").write_bytes(told)
        last, _, _ = end(str(box))
        line = Kept(False, ".", name, len(raw), sha256(raw).hexdigest(), sha256(told).hexdigest())
        with open(box / "manifest" / f"{FIRST_DAY}.tsv", "ab") as file:
            file.write(written(line, "2027-01-15T08:00:00Z", last))
    steps: list[int] = []
    found = verify(str(box), step=lambda: steps.append(1))
    assert (found.troubles, found.lines, found.copies, len(steps)) == ((), 1000, 1000, 1000)
    (box / "new" / f"{500:064x}").write_bytes(b"500" * 99 + b"501")
    assert troubles(verify(str(box))) == ["changed"]
