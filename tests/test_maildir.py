"""Putting a file into a maildir: there whole and durable, or not there."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from qsfilter import maildir
from qsfilter.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """Make a maildir."""
    maildir.make(str(tmp_path))
    return tmp_path


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each system call that matters for durability, with what it is about."""
    noted: list[str] = []

    def watch(name: str, about: Callable[..., str]) -> None:
        original = getattr(os, name)

        def call(*arguments: object, **more: object) -> object:
            result = original(*arguments, **more)
            noted.append(f"{name} {about(*arguments)}")
            return result

        monkeypatch.setattr(os, name, call)

    def path(descriptor: int) -> str:
        return os.readlink(f"/proc/self/fd/{descriptor}")

    watch("write", lambda descriptor, _data: path(descriptor))
    watch("fsync", path)
    watch("rename", lambda _old, new: str(new))
    watch("mkdir", lambda name, _mode: str(name))
    return noted


def failing(name: str, monkeypatch: pytest.MonkeyPatch, *, when: Callable[..., bool] = lambda *_: True) -> None:
    """Let the system call NAME fail as on a full disk, WHEN it is asked for that."""
    original = getattr(os, name)

    def call(*arguments: object, **more: object) -> object:
        if when(*arguments):
            raise OSError(errno.ENOSPC, "No space left on device")
        return original(*arguments, **more)

    monkeypatch.setattr(os, name, call)


def names(folder: Path) -> list[str]:
    """Return what lies in FOLDER."""
    return sorted(path.name for path in folder.iterdir())


# --- writing --------------------------------------------------------------------------------------------------------


def test_the_pieces_are_the_file(box: Path) -> None:
    """In their order."""
    where = maildir.write_durably(str(box), "new/x", [b"one", memoryview(b"two"), b""])
    assert where == str(box / "new" / "x")
    assert (box / "new" / "x").read_bytes() == b"onetwo"


def test_a_file_is_for_its_owner_alone(box: Path) -> None:
    """Mail is nobody else's business."""
    maildir.write_durably(str(box), "new/x", [b"one"])
    assert (box / "new" / "x").stat().st_mode & 0o777 == 0o600


def test_nothing_stays_in_tmp(box: Path) -> None:
    """The file has moved."""
    maildir.write_durably(str(box), "new/x", [b"one"])
    assert names(box / "tmp") == []


def test_a_file_of_that_name_is_replaced(box: Path) -> None:
    """A retry replaces its copy."""
    maildir.write_durably(str(box), "new/x", [b"one"])
    maildir.write_durably(str(box), "new/x", [b"two"])
    assert (box / "new" / "x").read_bytes() == b"two"


def test_a_file_is_durable_before_it_appears(box: Path, steps: list[str]) -> None:
    """Written, fsynced, renamed, and the directory fsynced, in that order."""
    maildir.write_durably(str(box), "new/x", [b"one"])
    calls = [step.partition(" ")[0] for step in steps]
    assert calls == ["write", "fsync", "rename", "fsync"]
    assert steps[0].split(" ")[1] == steps[1].split(" ")[1]
    assert steps[0].split(" ")[1].startswith(str(box / "tmp"))
    assert steps[2:] == [f"rename {box}/new/x", f"fsync {box}/new"]


def test_a_short_write_is_gone_on_with(box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system may take less than it is given."""
    original = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: original(descriptor, bytes(data)[:3]))
    maildir.write_durably(str(box), "new/x", [b"0123456789"])
    assert (box / "new" / "x").read_bytes() == b"0123456789"


def test_a_large_message_is_given_in_steps() -> None:
    """None of them is a copy of the whole."""
    raw = bytes(2 * maildir.STEP + 5)
    assert [len(piece) for piece in maildir.pieces_of(raw)] == [maildir.STEP, maildir.STEP, 5]


# --- failing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["open", "write", "fsync", "rename"])
def test_an_error_leaves_nothing(box: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """Neither in new nor in tmp, and the caller is told."""
    failing(call, monkeypatch)
    with pytest.raises(DeliveryError, match="No space left on device") as caught:
        maildir.write_durably(str(box), "new/x", [b"one"])
    assert caught.value.exit == 53
    assert (names(box / "new"), names(box / "tmp")) == ([], [])


@pytest.mark.parametrize("call", ["open", "write", "fsync", "rename"])
def test_after_an_error_the_file_before_still_stands(box: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """It is replaced by a whole one or not at all."""
    maildir.write_durably(str(box), "new/x", [b"before"])
    failing(call, monkeypatch)
    with pytest.raises(DeliveryError):
        maildir.write_durably(str(box), "new/x", [b"after"])
    assert (box / "new" / "x").read_bytes() == b"before"


def test_a_name_that_is_not_durable_is_an_error(box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a crash could take back is not kept."""
    failing("fsync", monkeypatch, when=lambda descriptor: os.path.isdir(f"/proc/self/fd/{descriptor}"))
    with pytest.raises(DeliveryError) as caught:
        maildir.write_durably(str(box), "new/x", [b"one"])
    assert caught.value.exit == 53


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ZeroDivisionError()], ids=repr)
def test_an_interruption_leaves_nothing(box: Path, error: BaseException) -> None:
    """Whoever interrupts is told, and tmp is clean."""

    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise error

    with pytest.raises(type(error)):
        maildir.write_durably(str(box), "new/x", pieces())
    assert (names(box / "new"), names(box / "tmp")) == ([], [])


def test_no_descriptor_stays_open(box: Path) -> None:
    """A server lives long."""
    before = len(os.listdir("/proc/self/fd"))
    maildir.write_durably(str(box), "new/x", [b"one"])
    maildir.make(str(box / "another"))
    assert len(os.listdir("/proc/self/fd")) == before


def test_an_error_leaves_no_descriptor_open(box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server lives long."""
    before = len(os.listdir("/proc/self/fd"))
    failing("fsync", monkeypatch)
    with pytest.raises(DeliveryError):
        maildir.write_durably(str(box), "new/x", [b"one"])
    assert len(os.listdir("/proc/self/fd")) == before


def test_no_link_is_followed(box: Path, tmp_path: Path) -> None:
    """A name that somebody has put there is replaced, and what it points at stays."""
    (tmp_path / "elsewhere").write_bytes(b"other")
    (box / "new" / "x").symlink_to(tmp_path / "elsewhere")
    maildir.write_durably(str(box), "new/x", [b"one"])
    assert (tmp_path / "elsewhere").read_bytes() == b"other"
    assert not (box / "new" / "x").is_symlink()


# --- making ---------------------------------------------------------------------------------------------------------


def test_a_maildir_has_its_folders(tmp_path: Path) -> None:
    """And those that were asked for besides."""
    maildir.make(str(tmp_path / "a" / "b"), ("sidecar",))
    assert names(tmp_path / "a" / "b") == ["cur", "new", "sidecar", "tmp"]
    assert (tmp_path / "a" / "b" / "new").stat().st_mode & 0o777 == 0o700


def test_making_it_again_changes_nothing(box: Path) -> None:
    """What lies in it stays."""
    maildir.write_durably(str(box), "new/x", [b"one"])
    maildir.make(str(box))
    assert names(box / "new") == ["x"]


def test_every_folder_that_is_made_is_durable(tmp_path: Path, steps: list[str]) -> None:
    """A folder is a name in the one above; without that, a crash would take the mail with it."""
    maildir.make(str(tmp_path / "a" / "b"))
    made = [step for step in steps if step.startswith("mkdir ")]
    assert len(made) == 5
    for step in made:
        above = os.path.dirname(step.removeprefix("mkdir "))
        assert f"fsync {above}" in steps[steps.index(step) :]


@pytest.mark.parametrize("path", ["/dev/null", "/dev/null/box", "/proc/box"])
def test_a_folder_that_can_not_be_made_is_an_error(path: str) -> None:
    """With the system's words."""
    with pytest.raises(DeliveryError, match="can't keep the message") as caught:
        maildir.make(path)
    assert caught.value.exit == 53


def test_a_relative_path_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below where the process stands."""
    monkeypatch.chdir(tmp_path)
    maildir.make("box")
    assert names(tmp_path / "box") == ["cur", "new", "tmp"]


def test_another_process_may_be_faster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That the folder is there by now is no error."""
    original = os.mkdir

    def mkdir(path: str, mode: int) -> None:
        original(path, mode)
        original(path, mode)

    monkeypatch.setattr(os, "mkdir", mkdir)
    maildir.make(str(tmp_path / "box"))
    assert names(tmp_path / "box") == ["cur", "new", "tmp"]
