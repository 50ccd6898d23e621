"""Contents by their true type, and names that promise another.

Longer than most, as names are held against the types above them; it has a heading for each.
"""

from __future__ import annotations

import os
import tarfile
import time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Action, Blob, ConfigError, Filter, Kind
from qsfilter.options import make
from qsfilter.testing import attachment, examine, message, part, zip_of
from qsfilter.testing.contract import PluginContract
from qsfilter_magic import DEFAULT_TYPES, Magic
from qsfilter_magic.programs import program
from qsfilter_magic.types import contradicts

if TYPE_CHECKING:
    from qsfilter import Report

WINDOWS = "application/vnd.microsoft.portable-executable"
SHORTCUT = bytes.fromhex("4c0000000114020000000000c000000000000046") + bytes(100)
PICTURE = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01" + bytes(200)
TESTFILES = Path("/usr/share/clamav-testfiles")


def pe(at: int = 128, stub: bytes = b"") -> bytes:
    """Return the headers of a program for Windows, its second one AT, with STUB in the room of the first."""
    first = (b"MZ" + stub[:58]).ljust(60, b"\0") + at.to_bytes(4, "little")
    second = b"PE\0\0" + bytes.fromhex("4c01 0100") + bytes(12) + bytes.fromhex("e000 0301 0b01") + bytes(222)
    return first.ljust(at, b"\0") + second


def examined(plugin: Magic, *entities: bytes) -> Report:
    """Examine a message with ENTITIES by PLUGIN."""
    chosen = Filter(plugin)
    chosen.start()
    return examine(chosen, message(part(b"a text\n"), *entities))


def found(plugin: Magic, data: bytes, name: str = "a.bin") -> list[str]:
    """Return kind and name of what PLUGIN finds in DATA, attached as NAME."""
    return [str(one) for one in examined(plugin, attachment(data, name)).findings if one.source == "magic"]


class TestContract(PluginContract):
    """What every plugin passes."""

    def make(self) -> object:
        """Make one that blocks something of its own."""
        return Magic(block=("text/x-shellscript",))


# --- types ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (pe(), WINDOWS),
        (b"MZ" + bytes(range(2, 200)), "application/x-dosexec"),
        (b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\x3e\x00" + bytes(60), "application/x-executable"),
        (b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00" + bytes(60), "application/x-sharedlib"),
        (b"\xcf\xfa\xed\xfe\x07\0\0\x01\x03\0\0\0\x02\0\0\0" + bytes(80), "application/x-mach-binary"),
        (bytes.fromhex("cafebabe00000034") + bytes(50), "application/x-java-applet"),
        (SHORTCUT, "application/x-ms-shortcut"),
        (bytes(32769) + b"CD001\x01" + bytes(3000), "application/x-iso9660-image"),
        (b"\x07" * 900 + b"conectix\0\0\0\x02" + bytes(500), "application/x-virtualbox-vhd"),  # codespell:ignore
        (b"conectix\0\0\0\x02" + bytes(3000), "application/x-virtualbox-vhd"),  # codespell:ignore
        (bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + b"\xaa" * 3000, "application/onenote"),
    ],
    ids=["windows", "dos", "elf", "elf shared", "mac", "java", "shortcut", "disk", "vhd", "vhd begin", "onenote"],
)
def test_a_program_is_blocked_by_its_content(data: bytes, expected: str) -> None:
    """Whatever it is called."""
    assert found(Magic(names=False), data) == [f"policy type {expected}"]


def test_a_program_that_is_called_a_text_is_two_findings() -> None:
    """It is a program, and its name denies it."""
    (first, second) = [one for one in examined(Magic(), attachment(pe(), "notes.txt")).findings if one.part]
    assert (first.kind, first.name, str(first.part)) == (Kind.POLICY, f"type {WINDOWS}", "1.2")
    assert (second.name, second.detail) == ("type-contradicts-name", f'"notes.txt" is {WINDOWS}')


@pytest.mark.parametrize("declared", ["image/jpeg", "text/plain", "application/octet-stream"])
def test_the_declared_type_does_not_count(declared: str) -> None:
    """The sender writes what the sender likes."""
    report = examined(Magic(), attachment(pe(), "x", declared))
    assert [str(one) for one in report.findings] == [f"policy type {WINDOWS}"]


def test_a_program_in_an_archive_is_found_there() -> None:
    """Under the path of the member."""
    (first, *_) = examined(Magic(), attachment(zip_of({"in/notes.txt": pe()}), "a.zip")).findings
    assert str(first.part) == '1.2 > "a.zip" > "in/notes.txt"'


def test_a_program_with_an_archive_behind_it_is_still_one() -> None:
    """What was opened is looked at as well as what was found in it."""
    assert f"policy type {WINDOWS}" in found(Magic(), pe() + zip_of({"a": b"b"}))


@pytest.mark.parametrize(
    "stub",
    [bytes(124) + b"DICM", bytes(32767) + b"CD001", b"%PDF-1.4", b"PK\x03\x04"],
    ids=["dicom", "disk", "pdf", "zip"],
)
def test_another_signature_in_the_head_of_a_program_changes_nothing(stub: bytes) -> None:
    """Libmagic tells one type; a loader looks at its own fields."""
    data = bytearray(pe(at=40_000))
    data[2 : 2 + len(stub)] = stub
    data[60:64] = (40_000).to_bytes(4, "little")
    assert f"policy type {WINDOWS}" in found(Magic(), bytes(data))


def test_the_second_header_of_a_program_may_lie_behind_what_libmagic_is_given() -> None:
    """The program's own fields are looked at in place."""
    assert found(Magic(first_bytes=4096), pe(at=300_000)) == [f"policy type {WINDOWS}"]


@pytest.mark.parametrize("octets", [b"\xeb\x3c\x90", b"\xe9\x10\x00", b"\xb8\x00\x4c", b"\x8c\xc8\x05"])
def test_a_jump_makes_no_program(octets: bytes) -> None:
    """Libmagic says so of anything that begins with one."""
    assert found(Magic(), octets + bytes(range(100))) == []


@pytest.mark.parametrize("start", [b"BZh is", b"070707", b"070701 is", b"conectix is", b"xar! is", b"LZIP is"])
def test_a_text_that_begins_as_an_archive_is_a_text(start: bytes) -> None:
    """Libmagic is content with a few letters."""
    assert found(Magic(block=("application/x-*",)), start + b" how it begins.\r\n" * 20, "a.txt") == []


def test_an_archive_of_printable_characters_is_still_one() -> None:
    """An ar archive of a text, which is all text."""
    head = b"a/".ljust(16) + b"0".ljust(12) + b"0".ljust(6) * 2 + b"644".ljust(8) + b"6".ljust(10)
    data = b"!<arch>\n" + head + b"`\n"
    assert found(Magic(block=("application/x-archive",)), data + b"hello\n") == ["policy type application/x-archive"]


@pytest.mark.parametrize(
    "data", [b"MZ hello, this is a text.\n" * 9, PICTURE, b"%PDF-1.4\n", b"#!/bin/sh\n", b"\xe9t\xe9 \xe0 Paris\n" * 9]
)
def test_what_is_no_program_passes(data: bytes) -> None:
    """By default."""
    assert found(Magic(), data) == []


def test_a_content_is_asked_about_once_and_named_wherever_it_stands() -> None:
    """One content, one question, a finding for each part."""
    report = examined(Magic(), attachment(SHORTCUT, "a"), attachment(SHORTCUT, "b"))
    assert sorted(str(one.part) for one in report.findings) == ["1.2", "1.3"]


def test_an_empty_content_is_nothing() -> None:
    """Libmagic calls it application/x-empty; there is nothing to block."""
    assert found(Magic(block=("application/*",)), b"") == []


def test_a_site_can_block_types_and_patterns() -> None:
    """A finding is called after the type, not the pattern."""
    plugin = Magic(block=("Image/JPEG", "text/x-shell*"), defaults=False)
    assert found(plugin, PICTURE) == ["policy type image/jpeg"]
    assert found(plugin, b"#!/bin/sh\necho\n") == ["policy type text/x-shellscript"]
    assert found(plugin, pe()) == []


def test_a_type_can_be_taken_out_of_the_default_list() -> None:
    """The others stay."""
    plugin = Magic(allow=("application/x-ms-*",))
    assert found(plugin, SHORTCUT) == []
    assert found(plugin, pe()) == [f"policy type {WINDOWS}"]


def test_what_is_allowed_does_not_take_back_what_is_blocked() -> None:
    """`allow` is about the default list and nothing else."""
    plugin = Magic(block=("application/x-ms-shortcut",), allow=("application/x-ms-shortcut",))
    assert found(plugin, SHORTCUT) == ["policy type application/x-ms-shortcut"]


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (zip_of({"a": b"b"}), "photo.jpg"),
        (zip_of({"a": b"b"}), "PHOTO.JPG "),
        (b"Rar!\x1a\x07\x00" + bytes(50), "notes.txt"),
        (b"#!/bin/sh\necho\n", "invoice.pdf"),
        (b"@echo off\r\ncd \\\r\n", "song.mp3"),
    ],
)
def test_a_harmless_name_for_something_dangerous_is_blocked(data: bytes, name: str) -> None:
    """In every form that a reader may make of the name."""
    assert found(Magic(), data, name) == ["policy type-contradicts-name"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (zip_of({"word/document.xml": b"<x/>"}), "letter.docx"),
        (zip_of({"a": b"b"}), "letter.doc"),
        (zip_of({"a": b"b"}), "a.bin"),
        (b"#!/bin/sh\necho\n", "script.txt"),
        (PICTURE, "photo.png"),
        (b"<html>not found</html>", "photo.jpg"),
        (b"plain text\n", "photo.jpg"),
        (PICTURE, "setup.exe"),
        (pe()[:60], "photo.jpg"),
    ],
)
def test_other_contradictions_hurt_nobody_and_pass(data: bytes, name: str) -> None:
    """Only what is worse than its name says."""
    assert found(Magic(), data, name) == []


def test_names_can_be_left_alone() -> None:
    """By an option."""
    assert found(Magic(names=False), zip_of({"a": b"b"}), "photo.jpg") == []


def test_every_name_of_a_part_counts() -> None:
    """One reader saves it by this, another by that."""
    fields = {"Content-Disposition": 'attachment; filename="a.zip"'}
    entity = part(zip_of({"a": b"b"}), 'application/zip; name="a.jpg"', fields=fields)
    assert "type-contradicts-name" in [one.name for one in examined(Magic(), entity).findings]


@pytest.mark.parametrize("found_type", ["", "text/plain", "image/png", "application/octet-stream"])
def test_no_harmless_type_contradicts_a_name(found_type: str) -> None:
    """Whatever the name is."""
    assert not any(contradicts(found_type, name) for name in ("a.exe", "a.jpg", "a.txt", ""))


# --- bounds and troubles --------------------------------------------------------------------------------------------


@given(st.binary(max_size=300))
def test_no_content_makes_the_look_at_its_head_fail(data: bytes) -> None:
    """And only what begins as a program is one."""
    for start in (b"", b"MZ", b"\x7fELF", b"MZ" + bytes(58)):
        assert program(Blob(start + data)) in {"", *DEFAULT_TYPES}


@given(st.binary(max_size=2000))
def test_no_content_makes_libmagic_fail(data: bytes) -> None:
    """A type, or trouble that is told."""
    kind, trouble = LIBRARY._type(Blob(data))
    assert bool(kind) != bool(trouble)


def test_libmagic_is_given_the_first_bytes_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """However large a content is."""
    given_bytes: list[int] = []
    plugin = Magic(first_bytes=4096)
    monkeypatch.setattr(plugin._library, "from_buffer", lambda data: given_bytes.append(len(data)) or "text/plain")
    examined(plugin, attachment(b"x" * 5000, "a"))
    assert sorted(given_bytes) == [7, 4096]


def test_a_content_that_libmagic_gives_up_on_is_unscannable(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not passed, and the others are looked at."""
    import magic

    plugin = Magic()

    def give_up(data: bytes) -> str:
        if data.startswith(b"bad"):
            raise magic.MagicException("name use count (50) exceeded")
        return "application/x-ms-shortcut"

    monkeypatch.setattr(plugin._library, "from_buffer", give_up)
    all_found = examined(plugin, attachment(b"bad", "a"), attachment(b"good", "b")).findings
    assert ("unscannable over-limit", "1.2", "libmagic: name use count (50) exceeded") in {
        (str(one), str(one.part), one.detail) for one in all_found
    }
    assert "1.3" in {str(one.part) for one in all_found}


def test_an_error_of_the_system_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not about the content, so mail waits."""
    import magic

    plugin = Magic()

    def fail(_: bytes) -> str:
        raise magic.MagicException("cannot allocate")

    monkeypatch.setattr(plugin._library, "from_buffer", fail)
    monkeypatch.setattr(magic, "magic_errno", lambda _: 12)
    report = examined(plugin)
    assert [one.kind for one in report.findings] == [Kind.FAILURE]
    assert report.decision.action is Action.DEFER


def test_contents_that_there_is_no_time_for_are_unscannable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender of many slow ones doesn't choose when the mail is answered."""
    plugin = Magic(seconds=0.2)
    monkeypatch.setattr(plugin._library, "from_buffer", lambda _: time.sleep(0.15) or "text/plain")
    report = examined(plugin, *(attachment(b"%d" % number, "a") for number in range(20)))
    (one,) = report.findings
    assert str(one) == "unscannable over-limit"
    assert one.detail.endswith("contents not looked at in 0.2 s")


def test_a_long_answer_is_cut_and_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A finding's name is one line."""
    plugin = Magic(block=("*/*",))
    monkeypatch.setattr(plugin._library, "from_buffer", lambda _: "a/\n" + "b" * 500)
    (one, *_) = examined(plugin).findings
    assert one.name == "type a/\\n" + "b" * 96


# --- about, check, options ------------------------------------------------------------------------------------------


def test_it_says_the_version_of_libmagic() -> None:
    """As `file --version` does."""
    about = Magic().about()
    assert about.name == "magic"
    assert not about.engine
    major, minor = about.version.split(".")
    assert int(major) == 5
    assert len(minor) == 2


def test_check_finds_nothing_wrong() -> None:
    """Where libmagic is."""
    assert list(Magic(allow=("application/x-ms-*",)).check()) == []


def test_check_names_what_allow_can_not_take_out() -> None:
    """A warning."""
    (problem,) = Magic(allow=("text/plain",)).check()
    assert not problem.fatal
    assert "text/plain" in problem.text


def test_without_libmagic_mail_waits_and_check_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """With Debian's name for it."""
    import sys

    monkeypatch.setitem(sys.modules, "magic", None)
    assert Magic().about().version == ""
    (problem,) = Magic().check()
    assert "libmagic1" in problem.mend
    assert examined(Magic()).decision.action is Action.DEFER


def test_without_its_table_check_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library alone knows nothing."""
    monkeypatch.setenv("MAGIC", "/nowhere/magic")
    (problem,) = Magic().check()
    assert "libmagic-mgc" in problem.mend


@pytest.mark.parametrize(
    ("table", "error"),
    [
        ({"block": "image/jpeg"}, "x.block: takes a list of str, not str"),
        ({"block": [".exe"]}, "x: block: takes a list of media types, as application/x-rpm"),
        ({"allow": [""]}, "x: allow: takes a list of media types, as application/x-rpm"),
        ({"first_bytes": 10}, "x: first_bytes: takes a number from 4096 up"),
        ({"seconds": 0.0}, "x: seconds: takes a number above 0"),
    ],
)
def test_a_wrong_option_is_refused(table: dict[str, object], error: str) -> None:
    """With its place."""
    with pytest.raises(ConfigError) as caught:
        make(Magic, table, "x")
    assert str(caught.value) == error


def test_it_is_found_by_its_name() -> None:
    """As a configuration names it."""
    (point,) = metadata.entry_points(group="qsfilter", name="magic")
    assert point.load() is Magic


# --- what others wrote ----------------------------------------------------------------------------------------------


@pytest.mark.servers
def test_every_program_of_clamavs_test_files_is_one() -> None:
    """By content."""
    programs = sorted(TESTFILES.glob("*.exe"))
    assert len(programs) > 10
    for path in programs:
        assert f"policy type {WINDOWS}" in found(Magic(), path.read_bytes(), "notes.txt"), path.name


@pytest.mark.corpora
def test_real_mail_is_not_blocked() -> None:
    """3,000 messages, spam among them."""
    folder = os.environ.get("QSFILTER_CORPORA")
    if not folder:
        pytest.skip("QSFILTER_CORPORA names no folder with sample mail")
    chosen = Filter(Magic())
    chosen.start()
    seen, blocked = 0, {}
    with tarfile.open(Path(folder, "real-mail.tar.xz")) as archive:
        for member in archive:
            if file := archive.extractfile(member):
                seen += 1
                report = examine(chosen, file.read())
                blocked[member.name] = [str(one) for one in report.findings if one.source == "magic"]
    assert seen == 3000
    assert {name: found for name, found in blocked.items() if found} == {}


LIBRARY = Magic()
