"""What can't be read: cut, damaged, encrypted, one volume of many; none of it is ever clean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qsfilter import Action
from qsfilter.testing import containers, eicar

from .kinds import SAMPLES, STUB

if TYPE_CHECKING:
    from types import SimpleNamespace


@pytest.mark.parametrize("kind", sorted(set(SAMPLES) - {"compress"}))
def test_what_is_cut_short_is_never_clean(samples: dict[str, bytes], make: SimpleNamespace, kind: str) -> None:
    """In the middle of a member; only compress has neither length nor end."""
    data = samples[kind]
    end = data.index(make.noise) + 1000 if kind == "iso" else len(data) * 2 // 3
    assert "unscannable corrupt" in make.codes(make.opened(data[:end]))


@pytest.mark.parametrize("kind", ["cpio", "rar4", "rar5", "cab", "xar"])
def test_an_archive_that_ends_between_two_members_is_never_clean(
    samples: dict[str, bytes], make: SimpleNamespace, kind: str
) -> None:
    """Whatever its length; only ar and LHA say nowhere how many members they have."""
    data = samples[kind]
    start = data.index(b"x.exe") - 120 if kind != "xar" else 0
    for end in range(max(start, 100), min(start + 160, len(data))):
        assert "unscannable corrupt" in make.codes(make.opened(data[:end])), end


@pytest.mark.parametrize("kind", ["cpio", "ar", "rar4", "rar5", "cab", "lha"])
def test_what_came_before_the_cut_is_scanned(samples: dict[str, bytes], make: SimpleNamespace, kind: str) -> None:
    """Whole members, and the beginning of the one that breaks off."""
    first, second = make.members_of(make.opened(samples[kind][:-1000]))[:2]
    assert first == ("one.txt", make.members["one.txt"])
    assert second[0] == "x.exe"
    assert make.members["x.exe"].startswith(second[1])


@pytest.mark.parametrize("kind", ["rar4", "rar5", "lha"])
def test_a_wrong_checksum_is_told(samples: dict[str, bytes], make: SimpleNamespace, kind: str) -> None:
    """The member is scanned, and the next one as well."""
    data = bytearray(samples[kind])
    data[data.index(b"one\x00") + 50] ^= 1
    report = make.opened(bytes(data))
    assert make.codes(report) == ["unscannable corrupt"]
    assert [name for name, content in make.members_of(report) if content] == ["one.txt", "x.exe"]


@pytest.mark.parametrize("kind", ["rar4", "rar5"])
def test_an_encrypted_member_is_named(make: SimpleNamespace, kind: str) -> None:
    """And a member beside it is read."""
    data = make.rar4({"x.exe": eicar()}, flags=4) if kind == "rar4" else make.rar5({"x.exe": eicar()}, b"\x02\x01\x00")
    report = make.opened(data)
    assert (make.members_of(report), make.codes(report)) == ([("x.exe", b"")], ["unscannable encrypted"])
    assert report.findings[0].detail == '"x.exe": it takes a password'
    assert report.decision.action is Action.ACCEPT


@pytest.mark.parametrize("kind", ["rar4", "rar5"])
def test_encrypted_names_are_no_damage(make: SimpleNamespace, kind: str) -> None:
    """Nobody but the recipient can read them."""
    encrypted = make.rar4({"a": b"x"}, main=0x80)
    if kind == "rar5":
        encrypted = b"Rar!\x1a\x07\x01\x00" + make.block5(4, b"\x00\x00\x0f" + bytes(16)) + bytes(range(100))
    for data in (encrypted, STUB + encrypted):
        assert make.codes(make.opened(data)) == ["unscannable encrypted"]


@pytest.mark.parametrize("kind", ["rar4", "rar4 main", "rar5", "rar5 main", "cab"])
def test_one_of_a_set_of_volumes_is_never_clean(make: SimpleNamespace, kind: str) -> None:
    """The rest of it is somewhere else."""
    member = {"x.exe": b"\x00part"}
    data = {
        "rar4": lambda: make.rar4(member, flags=2),
        "rar4 main": lambda: make.rar4(member, main=1),
        "rar5": lambda: make.rar5(member, flags=8),
        "rar5 main": lambda: make.rar5(member, main=1),
        "cab": lambda: make.cab(member, flags=2),
    }[kind]()
    assert make.codes(make.opened(data)) == ["unscannable corrupt"]


def test_a_rar_gives_both_names_of_a_member(make: SimpleNamespace) -> None:
    """Readers without Unicode take the plain one."""
    coded = b"\0\0a.tx\0t"  # the upper octet, and before each four letters that it is that of all
    data = containers.rar4(b"x.exe\0" + coded, b"\x00content", flags=0x200)
    (inside,) = (one for one in make.opened(data).message.parts if one.origin == "rar")
    assert [name.text for name in inside.names] == ["a.txt", "x.exe"]


def test_an_encrypted_member_of_a_rar_has_both_names(make: SimpleNamespace) -> None:
    """As it has when it can be read."""
    data = containers.rar4(b"x.exe\0\0\0a.tx\0t", b"\x00content", flags=0x200, encrypted=True)
    assert ["a.txt", "x.exe"] in [[name.text for name in one.names] for one in make.opened(data).message.parts]


def test_an_unknown_method_is_no_damage(make: SimpleNamespace) -> None:
    """Some other unpacker may know it."""
    report = make.opened(make.lha({"x.exe": b"\x00" * 50}, b"-lh1-"))
    assert (make.members_of(report), make.codes(report)) == ([("x.exe", b"")], ["unscannable no-unpacker"])


def test_a_member_behind_an_unknown_method_is_read(make: SimpleNamespace) -> None:
    """Else one that nobody can read would hide one that everybody can."""
    data = make.lha({"a": b"\x00" * 50}, b"-lh1-")[:-1] + make.lha({"x.com": eicar()})
    report = make.opened(data)
    assert make.members_of(report)[-1] == ("x.com", eicar())
    assert make.codes(report) == ["unscannable no-unpacker"]


def test_an_old_rar_is_not_taken_for_broken(make: SimpleNamespace) -> None:
    """And what is stored in it is read."""
    old = make.rar4({"a": b"\x00" * 50}, version=20, method=0x33)[:-7]
    report = make.opened(old + make.rar4({"x.com": eicar()})[20:])
    assert (make.members_of(report), make.codes(report)) == (
        [("a", b""), ("x.com", eicar())],
        ["unscannable no-unpacker"],
    )


def test_two_layers_of_a_coding_are_not_taken_off_at_once(make: SimpleNamespace) -> None:
    """What lies between them would be bounded by nobody."""
    layers = make.written("raw", {"x": make.written("raw", {"x": make.noise}, "lz4")}, "lz4")
    assert make.codes(make.opened(layers)) == ["unscannable corrupt"]


def test_an_archive_without_members_is_never_clean(samples: dict[str, bytes], make: SimpleNamespace) -> None:
    """Unless there is no room for one."""
    data = bytearray(samples["7z"])
    data[20:28] = bytes(8)  # the size of its directory
    assert make.codes(make.opened(bytes(data))) == ["unscannable corrupt"]
    assert make.codes(make.opened(b"!<arch>\n")) == []


@pytest.mark.parametrize("kind", sorted({"7z", "rar", "cab", "ar", "xar", "lzip", "lz4", "compress"}))
def test_noise_behind_a_signature_is_corrupt(make: SimpleNamespace, kind: str) -> None:
    """It is no checked leaf."""
    signatures = {
        "7z": b"7z\xbc\xaf\x27\x1c",
        "rar": b"Rar!\x1a\x07\x00",
        "cab": b"MSCF\x00\x00\x00\x00",
        "ar": b"!<arch>\n",
        "xar": b"xar!\x00",
        "lzip": b"LZIP\x01",
        "lz4": b"\x04\x22\x4d\x18",
        "compress": b"\x1f\x9d\x90",
    }
    report = make.opened(signatures[kind] + b"\xff\xfe\xfd" * 400)
    assert make.codes(report) == ["unscannable corrupt"]
