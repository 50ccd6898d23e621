"""The values that pass between the stages."""

from __future__ import annotations

import dataclasses
import hashlib
import mmap
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import model
from qsfilter.actions import Action, Kind
from qsfilter.model import (
    Blob,
    Client,
    Decision,
    Disposition,
    Envelope,
    Field,
    Finding,
    Message,
    Part,
    Path,
    Verdict,
)

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable

VALUES = [cls for cls in vars(model).values() if dataclasses.is_dataclass(cls)]
ROOT = Path()
CONTENT = bytes(range(256)) * 16


def at(*ordinals: int) -> Path:
    """Return the path of a part by its ordinals."""
    return Path(steps=tuple((ordinal, "") for ordinal in ordinals))


def part(path: Path, data: bytes | Blob = b"", **more: object) -> Part:
    """Return a part at PATH."""
    blob = data if isinstance(data, Blob) else Blob(data)
    return Part(**{"path": path, "blob": blob, "origin": "mime", **more})  # type: ignore[arg-type]


def message(*parts: Part) -> Message:
    """Return a message with PARTS."""
    return Message(envelope=Envelope(sender=b"", recipients=()), client=Client(), parts=parts)


def finding(**more: object) -> Finding:
    """Return a finding with one thing changed."""
    return Finding(**{"kind": Kind.NOTE, "name": "x", **more})  # type: ignore[arg-type]


# --- what all of them promise ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", VALUES)
def test_a_value_is_frozen(cls: type) -> None:
    """Nobody changes what another stage has said."""
    value = object.__new__(cls)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, dataclasses.fields(cls)[0].name, None)


@pytest.mark.parametrize("cls", VALUES)
def test_a_value_has_slots(cls: type) -> None:
    """A misspelt field is an error, and a message with many parts stays small."""
    assert not hasattr(object.__new__(cls), "__dict__")


@pytest.mark.parametrize("cls", VALUES)
def test_a_value_is_made_by_name(cls: type) -> None:
    """No two fields can be mixed up, and a new one breaks nobody."""
    assert all(field.kw_only for field in dataclasses.fields(cls))


# --- Path -----------------------------------------------------------------------------------------------------------


def test_a_path_is_the_way_down() -> None:
    """Two paths with the same steps are the same, however they are shown."""
    assert Path(steps=((1, ""),), shown="1") == Path(steps=((1, ""),), shown="one")


def test_equal_paths_have_equal_hashes() -> None:
    """A path can be looked up."""
    assert {Path(steps=((1, ""),), shown="1"): "found"}[at(1)] == "found"


def test_another_reading_is_another_path() -> None:
    """The first part of one reading is not the first part of another."""
    assert Path(steps=((1, ""),)) != Path(steps=((1, "last-boundary"),))


def test_the_root_is_called_message() -> None:
    """A finding about the raw message says so."""
    assert str(Path()) == "message"


def test_a_path_prints_what_it_is_shown_as() -> None:
    """The text is made once, where the part is placed."""
    assert str(Path(steps=((1, ""), (2, "")), shown='1 > "a.zip"')) == '1 > "a.zip"'


# --- Blob -----------------------------------------------------------------------------------------------------------


def test_a_whole_content_is_not_copied() -> None:
    """The bytes given are the bytes returned."""
    assert Blob(CONTENT).data is CONTENT


def test_a_span_is_the_bytes_between() -> None:
    """First offset, and the offset behind the last."""
    blob = Blob(CONTENT, (10, 20))
    assert (blob.data, blob.size) == (CONTENT[10:20], 10)


def test_a_span_keeps_its_base() -> None:
    """Readers search in place."""
    blob = Blob(CONTENT, (10, 20))
    assert blob.base is CONTENT
    assert blob.span == (10, 20)


@given(st.binary(), st.data())
def test_a_part_of_a_part_counts_from_its_own_start(data: bytes, draw: st.DataObject) -> None:
    """Offsets are those in the content they are asked of, at any depth."""
    blob, expected = Blob(data), data
    for _ in range(3):
        start = draw.draw(st.integers(0, len(expected)))
        end = draw.draw(st.integers(start, len(expected)))
        blob, expected = blob.part_of(start, end), expected[start:end]
    assert blob.data == expected
    assert blob.size == len(expected)
    assert blob.sha256 == hashlib.sha256(expected).hexdigest()


def test_a_mapped_file_is_read_like_bytes(tmp_path: pathlib.Path) -> None:
    """A large message is not in memory, and nothing shows it."""
    (tmp_path / "raw").write_bytes(CONTENT)
    with open(tmp_path / "raw", "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        blob = Blob(mapped).part_of(5, 300)
        assert blob.data == CONTENT[5:300]
        assert blob.sha256 == hashlib.sha256(CONTENT[5:300]).hexdigest()


def test_asking_for_the_hash_keeps_no_hold_on_a_mapped_file(tmp_path: pathlib.Path) -> None:
    """The map can be closed when the message is done."""
    (tmp_path / "raw").write_bytes(CONTENT)
    with open(tmp_path / "raw", "rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    blob = Blob(mapped, (1, 9))
    assert blob.sha256
    mapped.close()
    assert mapped.closed


@pytest.fixture
def descriptor() -> int:
    """Open a span of a content as a file."""
    return Blob(CONTENT, (3, 3000)).fd()


def test_a_descriptor_holds_the_content(descriptor: int) -> None:
    """It stands at the start and ends with the content."""
    with open(descriptor, "rb") as file:
        assert file.read() == CONTENT[3:3000]


@pytest.mark.parametrize(
    "change",
    [
        lambda number: os.write(number, b"x"),
        lambda number: os.ftruncate(number, 0),
        lambda number: os.ftruncate(number, 10_000),
        lambda number: os.close(os.open(f"/proc/self/fd/{number}", os.O_RDWR)) or os.write(number, b"x"),
        lambda number: mmap.mmap(number, 0, access=mmap.ACCESS_WRITE),
    ],
    ids=["write", "cut", "grow", "open again", "map"],
)
def test_nobody_can_change_what_a_descriptor_is_on(descriptor: int, change: Callable[[int], object]) -> None:
    """A scanner that is given it can't change what the next one sees."""
    try:
        with pytest.raises(PermissionError):
            change(descriptor)
    finally:
        os.close(descriptor)


def test_a_descriptor_is_not_inherited(descriptor: int) -> None:
    """No program that is started gets it by accident."""
    try:
        assert not os.get_inheritable(descriptor)
    finally:
        os.close(descriptor)


def test_two_descriptors_have_two_places() -> None:
    """Reading one does not move the other."""
    blob = Blob(CONTENT)
    with open(blob.fd(), "rb") as first, open(blob.fd(), "rb") as second:
        first.read()
        assert second.read() == CONTENT


def test_a_descriptor_on_nothing_is_an_empty_file() -> None:
    """An empty content is a content."""
    with open(Blob(b"").fd(), "rb") as file:
        assert file.read() == b""


def test_making_a_descriptor_leaves_no_other_open() -> None:
    """One descriptor is made for one that is returned."""
    before = len(os.listdir("/proc/self/fd"))
    os.close(Blob(CONTENT).fd())
    assert len(os.listdir("/proc/self/fd")) == before


# --- Message --------------------------------------------------------------------------------------------------------


def test_the_root_is_the_raw_message() -> None:
    """The first part is what was received."""
    root = part(ROOT, b"raw")
    assert message(root, part(at(1))).root is root


def test_leaves_hold_nothing_else() -> None:
    """A part in which something was found is no leaf, whatever it says it is."""
    tree = message(part(ROOT), part(at(1)), part(at(1, 1)), part(at(1, 2)), part(at(2)))
    assert [leaf.path for leaf in tree.leaves] == [at(1, 1), at(1, 2), at(2)]


def test_a_message_in_which_nothing_was_found_is_its_own_leaf() -> None:
    """There is always something to scan."""
    root = part(ROOT, b"raw")
    assert message(root).leaves == (root,)


def test_a_content_is_scanned_once() -> None:
    """Parts that share a content give it once."""
    shared = Blob(b"shared")
    tree = message(part(ROOT, b"raw"), part(at(1), shared), part(at(2), shared))
    assert [blob.data for blob in tree.blobs] == [b"raw", b"shared"]


def test_a_multipart_that_stands_in_its_parent_is_not_scanned_again() -> None:
    """It is nothing but bytes that its parent has and its parts have."""
    outer = part(at(1), b"multi", span=(0, 5), declared="multipart/mixed")
    tree = message(part(ROOT, b"raw"), outer, part(at(1, 1), b"leaf"))
    assert [blob.data for blob in tree.blobs] == [b"raw", b"leaf"]


def test_a_multipart_in_which_nothing_was_found_is_scanned() -> None:
    """What says that it is a multipart may be anything."""
    tree = message(part(ROOT, b"raw"), part(at(1), b"virus", span=(0, 5), declared="multipart/mixed"))
    assert [blob.data for blob in tree.blobs] == [b"raw", b"virus"]


def test_a_coded_multipart_is_scanned() -> None:
    """Its bytes stand nowhere else."""
    tree = message(part(ROOT, b"raw"), part(at(1), b"multi", declared="multipart/mixed"), part(at(1, 1), b"leaf"))
    assert [blob.data for blob in tree.blobs] == [b"raw", b"multi", b"leaf"]


def test_an_archive_is_scanned_with_its_members() -> None:
    """Engines know archives as well as what is in them."""
    tree = message(part(ROOT, b"raw"), part(at(1), b"zip", span=(0, 3)), part(at(1, 1), b"member", origin="zip"))
    assert [blob.data for blob in tree.blobs] == [b"raw", b"zip", b"member"]


def test_the_header_is_that_of_the_message() -> None:
    """Fields of a part inside are not the message's."""
    own, inner = Field(name=b"Subject", value=b" a", span=(0, 11)), Field(name=b"Subject", value=b" b", span=(50, 61))
    assert message(part(ROOT), part(at(1), header=(own,)), part(at(1, 1), header=(inner,))).header == (own,)


def test_a_field_that_two_readings_found_counts_once() -> None:
    """The same bytes are the same field."""
    own = Field(name=b"Subject", value=b" a", span=(0, 11))
    other = part(Path(steps=((1, "x"),)), header=(own,), reading="x")
    assert message(part(ROOT), part(at(1), header=(own,)), other).header == (own,)


def test_a_field_that_only_a_shadow_reading_found_is_none() -> None:
    """A plugin that is being tried out changes nothing that is edited."""
    own = Field(name=b"Subject", value=b" a", span=(0, 11))
    assert message(part(ROOT), part(at(1), header=(own,), shadow=True)).header == ()


# --- Finding and Verdict --------------------------------------------------------------------------------------------


def test_a_finding_prints_kind_and_name() -> None:
    """That is what reports call it."""
    assert str(finding(kind=Kind.MALWARE, name="EICAR-Test-File")) == "malware EICAR-Test-File"


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "malware"}, {"kind": None}, {"name": b"x"}, {"name": None}, {"detail": None}, {"detail": b"why"}],
    ids=str,
)
def test_a_finding_says_what_in_text(wrong: dict[str, object]) -> None:
    """What is no finding is refused where it is made, so that the plugin at fault fails."""
    with pytest.raises(TypeError):
        finding(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"part": "1.2"}, {"part": [1]}, {"part": part(ROOT)}, {"blob": b"x"}],
    ids=["text", "list", "part", "bytes"],
)
def test_a_finding_is_about_a_path_or_a_blob(wrong: dict[str, object]) -> None:
    """Anything else would be about nothing, or end the stage that places it."""
    with pytest.raises(TypeError):
        finding(**wrong)


@pytest.mark.parametrize("wrong", [{"action": "reject"}, {"action": 4}, {"reason": b"x"}, {"reason": None}], ids=str)
def test_a_verdict_takes_an_action_and_a_reason(wrong: dict[str, object]) -> None:
    """What is no verdict is refused where it is made."""
    with pytest.raises(TypeError):
        Verdict(**{"action": Action.ACCEPT, "reason": "x", **wrong})  # type: ignore[arg-type]


# --- Disposition and Decision ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "keep", "kept"),
    [
        (Action.ACCEPT, True, False),
        (Action.DISCARD, True, False),
        (Action.DEFER, True, False),
        (Action.QUARANTINE, False, True),
        (Action.QUARANTINE, True, True),
        (Action.REJECT, False, False),
        (Action.REJECT, True, True),
    ],
)
def test_a_copy_must_exist_for_quarantine_and_for_reject_with_keep(action: Action, keep: bool, kept: bool) -> None:
    """For nothing else is a copy waited for."""
    assert Disposition(action=action, recipients=(), keep=keep).kept is kept


def test_a_decision_leads_with_its_greatest_action() -> None:
    """One word stands for all groups."""
    groups = tuple(Disposition(action=action, recipients=()) for action in (Action.ACCEPT, Action.QUARANTINE))
    assert Decision(groups=groups).action is Action.QUARANTINE
