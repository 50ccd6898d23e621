"""One durable copy with its sidecar, and what attempts do to each other's."""

from __future__ import annotations

import json
import os
from base64 import b64decode
from typing import TYPE_CHECKING

import pytest

from qsfilter import Client, DeliveryError, Envelope, Filter, kept_copy, maildir
from qsfilter.testing.messages import message

if TYPE_CHECKING:
    from pathlib import Path

    from qsfilter import Report

RAW = message(b"first attempt\n")
AGAIN = message(b"second attempt\n")
NAME = "0123abcd"
ENVELOPE = Envelope(sender=b"alice\xff@example.org", recipients=(b"bob@example.com",))
STEPS = ("fsync", "rename", "unlink")


def report(raw: bytes) -> Report:
    return Filter().examine(raw, ENVELOPE, Client(ip="192.0.2.1", host="mail.example.org"))


def keep(box: Path, raw: bytes = RAW, *others: Path) -> Path:
    """Keep RAW in BOX under NAME, and return the path."""
    told = kept_copy.sidecar(report(raw), ENVELOPE.recipients)
    return type(box)(kept_copy.keep(str(box), NAME, report(raw).message, told, map(str, others)))


def copies(*boxes: Path) -> list[bytes]:
    """Return the messages in BOXES, wherever a reader has put them."""
    return [path.read_bytes() for box in boxes for folder in ("new", "cur") for path in (box / folder).glob("*")]


def sidecar(box: Path) -> Path:
    return box / kept_copy.SIDECARS / f"{NAME}.json"


def test_a_copy_is_what_was_received(tmp_path: Path) -> None:
    """The message stands in `new`, byte for byte, and `tmp` is empty."""
    where = keep(tmp_path / "box")
    assert where == tmp_path / "box" / "new" / NAME
    assert where.read_bytes() == RAW
    assert list((tmp_path / "box" / "tmp").iterdir()) == []


def test_a_sidecar_says_what_is_needed_to_queue_the_copy_again(tmp_path: Path) -> None:
    """Addresses are bytes and come back as such."""
    keep(tmp_path)
    told = json.loads(sidecar(tmp_path).read_text())
    assert b64decode(told["sender"]) == ENVELOPE.sender
    assert [b64decode(recipient) for recipient in told["recipients"]] == list(ENVELOPE.recipients)
    assert told["client"] == {"ip": "192.0.2.1", "host": "mail.example.org", "user": ""}
    assert (told["size"], told["sha256"]) == (len(RAW), report(RAW).message.root.blob.sha256)


def test_the_sidecar_is_durable_before_the_message_appears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file is synced before its rename, and its folder after; the sidecar comes first."""
    keep(tmp_path)  # so that its folders are there
    done = []
    fsync, rename = os.fsync, os.rename

    def note_fsync(descriptor: int) -> None:
        place = os.path.relpath(os.readlink(f"/proc/self/fd/{descriptor}"), tmp_path)
        done.append(("sync", "a file" if place.startswith("tmp/") else place))
        fsync(descriptor)

    def note_rename(source: str, target: str) -> None:
        done.append(("rename", os.path.relpath(target, tmp_path)))
        rename(source, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(os, "rename", note_rename)
    keep(tmp_path, AGAIN)
    assert done == [
        ("sync", "."),
        ("sync", "a file"),
        ("rename", f"sidecar/{NAME}.json"),
        ("sync", "sidecar"),
        ("sync", "a file"),
        ("rename", f"new/{NAME}"),
        ("sync", "new"),
    ]


@pytest.mark.parametrize("moved", [f"new/{NAME}", f"cur/{NAME}", f"cur/{NAME}:2,", f"cur/{NAME}:2,FRSab"])
def test_a_retry_replaces_its_copy(tmp_path: Path, moved: str) -> None:
    """Also where a reader has moved it, with whatever flags."""
    os.rename(keep(tmp_path), tmp_path / moved)
    keep(tmp_path, AGAIN)
    assert copies(tmp_path) == [AGAIN]
    assert json.loads(sidecar(tmp_path).read_text())["sha256"] == report(AGAIN).message.root.blob.sha256


def test_a_retry_leaves_other_mail_alone(tmp_path: Path) -> None:
    """A name that only begins alike is another message's."""
    keep(tmp_path)
    (tmp_path / "cur" / f"{NAME}0:2,S").write_bytes(b"another")
    keep(tmp_path, AGAIN)
    assert copies(tmp_path) == [AGAIN, b"another"]


def test_a_retry_that_belongs_elsewhere_moves_the_copy(tmp_path: Path) -> None:
    """Message and sidecar of the other box are gone."""
    first, second = tmp_path / "policy", tmp_path / "viruses"
    keep(first)
    keep(second, AGAIN, first, second)
    assert copies(first, second) == [AGAIN]
    assert not sidecar(first).exists()
    assert sidecar(second).exists()


def keep_while_another_does(boxes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a copy in the first of BOXES while another attempt keeps its own in the second."""
    make = maildir.make

    def make_meanwhile(box: str, extra: tuple[str, ...] = ()) -> None:
        monkeypatch.setattr(maildir, "make", make)
        keep(boxes[1], AGAIN, *boxes)
        make(box, extra)

    monkeypatch.setattr(maildir, "make", make_meanwhile)
    keep(boxes[0], RAW, *boxes)


def test_two_attempts_at_once_do_not_remove_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another attempt keeps while this one is under way stays: a duplicate, not a loss."""
    boxes = (tmp_path / "policy", tmp_path / "viruses")
    keep_while_another_does(boxes, monkeypatch)
    assert copies(*boxes) == [RAW, AGAIN]
    assert all(sidecar(box).exists() for box in boxes)


def test_a_later_attempt_in_the_same_place_is_not_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name alone does not say that a file is the one to remove."""
    boxes = (tmp_path / "policy", tmp_path / "viruses")
    keep(boxes[1])
    keep_while_another_does(boxes, monkeypatch)
    assert copies(*boxes) == [RAW, AGAIN]
    assert sidecar(boxes[1]).exists()


@pytest.mark.parametrize("before", [(), (RAW,)], ids=["first attempt", "retry"])
def test_death_at_any_step_leaves_no_message_without_its_sidecar(tmp_path: Path, before: tuple[bytes, ...]) -> None:
    """Whatever was there is there whole, and the next attempt leaves one copy."""
    for survived in range(60):
        box = tmp_path / str(survived)
        for raw in before:
            os.rename(keep(box, raw), box / "cur" / f"{NAME}:2,S")
        child = os.fork()
        if child == 0:
            _die_after(survived)
            keep(box, AGAIN)
            os._exit(0)
        alive = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        found = copies(box)
        assert set(found) <= {*before, AGAIN}
        assert len(found) >= len(before)
        assert not found or json.loads(sidecar(box).read_text())["version"] == 1
        keep(box, AGAIN)
        assert copies(box) == [AGAIN]
        if alive:
            return
    pytest.fail("it never came to its end")


def _die_after(steps: int) -> None:
    """Let this process do so many of STEPS and no more."""
    left = steps

    def wrap(name: str) -> None:
        real = getattr(os, name)

        def step(*arguments: object) -> object:
            nonlocal left
            if not left:
                os._exit(1)
            left -= 1
            return real(*arguments)

        setattr(os, name, step)

    for name in STEPS:
        wrap(name)


@pytest.mark.parametrize("call", ["unlink", "scandir"])
def test_an_older_copy_that_cannot_be_removed_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """The new one is durable by then, and a duplicate is no loss."""
    os.rename(keep(tmp_path), tmp_path / "cur" / f"{NAME}:2,S")

    def refuse(_path: str) -> None:
        raise PermissionError

    monkeypatch.setattr(os, call, refuse)
    where = keep(tmp_path, AGAIN)
    monkeypatch.undo()
    assert where.read_bytes() == AGAIN
    assert copies(tmp_path) == [AGAIN, RAW]


def test_a_box_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    """And the check names what stands in the way."""
    (tmp_path / "file").write_bytes(b"")
    box = tmp_path / "file" / "box"
    with pytest.raises(DeliveryError):
        keep(box)
    assert kept_copy.unwritable(str(box)) == str(tmp_path / "file")


def test_a_folder_of_the_box_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the four counts, and a box that does not exist yet is judged by where it would be made."""
    assert kept_copy.unwritable(str(tmp_path / "not" / "yet")) == ""
    keep(tmp_path)
    assert kept_copy.unwritable(str(tmp_path)) == ""
    monkeypatch.setattr(os, "access", lambda path, _mode: not path.endswith(kept_copy.SIDECARS))
    assert kept_copy.unwritable(str(tmp_path)) == str(tmp_path / kept_copy.SIDECARS)


def test_while_one_looks_alone_no_copy_is_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt waits for its turn, not for ever, and writes nothing before."""
    where = keep(tmp_path)
    monkeypatch.setattr(kept_copy, "WAIT_SECONDS", 0.05)
    with kept_copy.alone(str(tmp_path)), pytest.raises(DeliveryError, match="another process"):
        keep(tmp_path, AGAIN)
    assert copies(tmp_path) == [RAW]
    assert json.loads(sidecar(tmp_path).read_text())["sha256"] == report(RAW).message.root.blob.sha256
    assert keep(tmp_path, AGAIN) == where
    assert copies(tmp_path) == [AGAIN]


def test_attempts_do_not_wait_for_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is being written holds up who wants to be alone, and no other attempt."""
    keep(tmp_path)
    monkeypatch.setattr(kept_copy, "WAIT_SECONDS", 0.05)
    write = maildir.write_durably

    def write_meanwhile(box: str, name: str, pieces: list[bytes]) -> str:
        monkeypatch.setattr(maildir, "write_durably", write)
        keep(tmp_path, RAW)
        with pytest.raises(DeliveryError), kept_copy.alone(str(tmp_path)):
            pytest.fail("it was not alone")
        return write(box, name, pieces)

    monkeypatch.setattr(maildir, "write_durably", write_meanwhile)
    keep(tmp_path, AGAIN)
    assert copies(tmp_path) == [AGAIN]
