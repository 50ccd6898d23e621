"""The site's secret: one for all processes, and none that others could know or have made."""

from __future__ import annotations

import fcntl
import os
import random
import resource
import signal
import time
from typing import TYPE_CHECKING

import pytest

from qsfilter import site_key
from qsfilter.site_key import LENGTH, NAME, read_or_make
from tests.children import told_by_many

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAKE = """
import sys
from qsfilter import site_key
site_key.PATIENCE_SECONDS = 60.0
sys.stdin.readline()
print(site_key.read_or_make(sys.argv[1]).hex())
"""


def test_it_stays_the_same_and_sites_differ(tmp_path: Path) -> None:
    one = str(tmp_path / "one")
    made = read_or_make(one)
    assert len(made) == LENGTH
    assert read_or_make(one) == made
    assert read_or_make(str(tmp_path / "two")) != made


def test_nobody_else_can_read_it_whatever_the_umask(tmp_path: Path) -> None:
    was = os.umask(0)
    try:
        read_or_make(str(tmp_path / "spool"))
    finally:
        os.umask(was)
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "spool").iterdir()} == {NAME: 0o600}


def test_fifty_processes_that_begin_together_have_one(tmp_path: Path) -> None:
    told = {text.strip() for text in told_by_many(MAKE, str(tmp_path / "spool"), 50)}
    assert told == {read_or_make(str(tmp_path / "spool")).hex()}
    assert [path.name for path in (tmp_path / "spool").iterdir()] == [NAME]


def test_one_that_another_process_has_made_before_we_got_the_lock_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[bytes] = []
    flock = fcntl.flock

    def late(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        made.append(read_or_make(str(tmp_path)))
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    assert read_or_make(str(tmp_path)) == made[0]


def test_a_process_may_be_killed_while_it_makes_it(tmp_path: Path) -> None:
    chance = random.Random(6)  # noqa: S311 - moments, not secrets
    for number in range(40):
        folder = tmp_path / str(number)
        child = os.fork()
        if child == 0:
            try:
                read_or_make(str(folder))
            finally:
                os._exit(0)
        time.sleep(chance.uniform(0.0, 0.003))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert read_or_make(str(folder)) == read_or_make(str(folder))


@pytest.mark.parametrize("content", [b"", b"short", bytes(LENGTH + 1)])
def test_one_of_another_length_is_made_anew(tmp_path: Path, content: bytes) -> None:
    made = read_or_make(str(tmp_path))
    (tmp_path / NAME).write_bytes(content)
    (tmp_path / f"{NAME}.begun").write_bytes(b"left by a process that was killed")
    again = read_or_make(str(tmp_path))
    assert len(again) == LENGTH
    assert again not in {made, content}
    assert read_or_make(str(tmp_path)) == again


def linked(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


OTHERS: dict[str, Callable[[Path], object]] = {
    "others read it": lambda path: path.chmod(0o604),
    "a group reads it": lambda path: path.chmod(0o640),
    "others write it": lambda path: path.chmod(0o602),
    "others write the folder": lambda path: path.parent.chmod(0o777),
    "a link": linked,
    "a pipe": pipe,
    "a second name": lambda path: os.link(path, path.with_name("second")),
}


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
def test_one_that_is_not_ours_alone_is_refused_and_not_replaced(
    tmp_path: Path, change: Callable[[Path], object]
) -> None:
    folder = tmp_path / "spool"
    read_or_make(str(folder))
    change(folder / NAME)
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(OSError, match=r"others|link|symbolic|regular|another name"):
        read_or_make(str(folder))
    assert sorted(path.name for path in folder.iterdir()) == before


def test_another_users_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_or_make(str(tmp_path / "spool"))
    monkeypatch.setattr(os, "geteuid", lambda: 64_000)
    with pytest.raises(PermissionError, match="belongs to user"):
        read_or_make(str(tmp_path / "spool"))


def test_a_process_that_hangs_while_it_makes_one_is_not_waited_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_key, "PATIENCE_SECONDS", 0.02)
    holder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    with pytest.raises(BlockingIOError):
        read_or_make(str(tmp_path))
    os.close(holder)
    assert len(read_or_make(str(tmp_path))) == LENGTH


def test_a_full_disk_leaves_none(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (LENGTH // 2, resource.RLIM_INFINITY))
            try:
                read_or_make(str(tmp_path))
            except OSError:
                status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert not (tmp_path / NAME).exists()
    assert len(read_or_make(str(tmp_path))) == LENGTH


def test_a_folder_that_cant_be_made_is_an_error_of_the_system() -> None:
    with pytest.raises(OSError, match="/proc/qsfilter"):
        read_or_make("/proc/qsfilter/spool")
