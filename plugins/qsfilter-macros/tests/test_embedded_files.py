"""The files in documents are taken out, with all their names."""

from __future__ import annotations

import struct
import zlib

import pytest

from qsfilter.testing import eicar, zip_of
from qsfilter.testing.documents import compound
from qsfilter_macros import Macros

from .office_files import PROGRAM, TESTFILES, VBA, examined, found, members, package, word


def test_a_package_in_a_document_is_taken_out_with_all_its_names() -> None:
    """Label, path and place of unpacking."""
    tree = {"WordDocument": word(), "ObjectPool": {"_1": {"\x01Ole10Native": package(PROGRAM, b"invoice.pdf.exe")}}}
    expected = [(PROGRAM, ["invoice.pdf.exe", "C:\\in\\x.exe", "C:\\t\\x.tmp"])]
    assert members(examined(compound(tree))) == expected


def test_the_wide_names_of_a_package_count_too() -> None:
    """They are what newer readers show."""
    wide = "рисунок.scr"
    tail = b"".join(struct.pack("<I", len(text)) + text.encode("utf-16-le") for text in ("t", wide, "p"))
    ((_, names),) = members(examined(compound({"\x01Ole10Native": package(PROGRAM) + tail})))
    assert wide in names


@pytest.mark.parametrize("size", [0xFFFFFFFF, len(PROGRAM) + 1])
def test_a_package_whose_size_lies_gives_what_is_there(size: int) -> None:
    """Nothing is allocated by it."""
    ((data, _),) = members(examined(compound({"\x01Ole10Native": package(PROGRAM, size=size)})))
    assert data == PROGRAM


@pytest.mark.parametrize("stream", ["Package", "CONTENTS", "anything"])
@pytest.mark.parametrize("data", [zip_of({"a": b"b"}), PROGRAM, b"%PDF-1.4 x", compound({"a": b"b"})])
def test_a_stream_that_is_a_file_is_taken_out(stream: str, data: bytes) -> None:
    """Whatever it is called."""
    assert (data, [stream]) in members(examined(compound({"o": {stream: data, "text": b"plain"}})))


def test_members_of_a_file_in_a_document_in_an_archive_are_found() -> None:
    """It is one tree."""
    data = zip_of({"a.doc": compound({"\x01Ole10Native": package(zip_of({"e.com": eicar()}), b"b.zip")})})
    report = examined(data, name="a.zip")
    assert '1.2 > "a.zip" > "a.doc" > "b.zip" > "e.com"' in {str(one.path) for one in report.message.parts}


def test_an_object_that_is_cut_short_is_told_and_given_as_far_as_it_goes() -> None:
    """What can be read is scanned."""
    packed = zlib.compress(compound(VBA) + bytes(range(256)) * 20)[:-9]
    record = struct.pack("<HHII", 0x10, 0x1011, len(packed) + 4, 99) + packed
    assert "unscannable corrupt" in found(compound({"PowerPoint Document": record}))


def test_an_object_inflates_within_the_budget() -> None:
    """And not a step beyond."""
    packed = zlib.compress(bytes(50 << 20))
    record = struct.pack("<HHII", 0x10, 0x1011, len(packed) + 4, 99) + packed
    report = examined(compound({"PowerPoint Document": record}), unpacked_bytes=1 << 20)
    assert [str(one) for one in report.findings] == ["unscannable over-limit"]


def test_files_can_be_left_where_they_are() -> None:
    """By an option."""
    assert members(examined(compound({"\x01Ole10Native": package(PROGRAM)}), Macros(embedded=False))) == []


def test_a_saved_message_gives_its_attachments_and_texts() -> None:
    """Those of a message in it as well."""
    attached = {
        "__substg1.0_37010102": PROGRAM,
        "__substg1.0_3707001F": "long name.exe".encode("utf-16-le"),
        "__substg1.0_3704001E": b"LONGNA~1.EXE",
    }
    inner = {
        "__properties_version1.0": b"x",
        "__attach_version1.0_#00000000": attached,
        "__substg1.0_10130102": b"<p>inner</p>",
    }
    tree = {
        "__properties_version1.0": b"x",
        "__substg1.0_1000001F": "outer äö".encode("utf-16-le"),
        "__substg1.0_0037001F": b"s\0u\0",
        "__attach_version1.0_#00000000": {"__substg1.0_3701000D": inner},
    }
    assert sorted(members(examined(compound(tree)))) == sorted(
        [
            ("outer äö".encode(), ["body.txt"]),
            (PROGRAM, ["long name.exe", "LONGNA~1.EXE"]),
            (b"<p>inner</p>", ["body.html"]),
        ]
    )


# --- what others wrote ----------------------------------------------------------------------------------------------


@pytest.mark.servers
@pytest.mark.parametrize("name", ["clam.ole.doc", "clam.ppt"])
def test_clam_exe_is_found_in_documents(name: str) -> None:
    """Octet for octet."""
    expected = (TESTFILES / "clam.exe").read_bytes()
    assert expected in [data for data, _ in members(examined((TESTFILES / name).read_bytes()))]
