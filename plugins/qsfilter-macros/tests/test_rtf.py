"""Objects in an RTF, and what it pulls in when it is opened."""

from __future__ import annotations

import struct

import pytest

from qsfilter.testing import eicar, zip_of
from qsfilter.testing.documents import compound
from qsfilter_macros import Macros, ole1, rtf

from .office_files import TESTFILES, VBA
from .rtf_files import HEX, PROGRAM, document, examined, found, lines, link, members, ole, package

# --- what the object is ---------------------------------------------------------------------------------------------


def test_a_packaged_file_is_taken_out_with_all_its_names() -> None:
    """As from a compound file."""
    report = examined(document(lines(package())))
    (one,) = [one for one in report.message.parts if one.origin == "rtf"]
    assert one.blob.data == PROGRAM
    assert [name.text for name in one.names] == ["invoice.exe", "C:\\in\\i.exe", "C:\\t\\x.tmp"]
    assert report.findings == ()


def test_a_compound_file_is_taken_out_and_opened() -> None:
    """Its macros count."""
    file = compound(VBA)
    data = document(lines(ole(file, b"Word.Document.8")))
    assert members(data) == [file]
    assert found(data) == ["policy macro-vba"]


def test_other_data_is_taken_out_as_it_is() -> None:
    """Whatever program it is for."""
    assert members(document(lines(ole(b"some data")))) == [b"some data"]


def test_a_compound_file_behind_other_data_is_taken_out_as_well() -> None:
    """Readers look for its signature."""
    file = compound(VBA)
    assert members(document(lines(ole(b"xxxx" + file)))) == [
        b"xxxx" + file,
        file + struct.pack("<II", 0x501, 0),
    ]


@pytest.mark.parametrize("size", [0xFFFFFFFF, len(compound(VBA)) + 100])
def test_an_object_whose_size_lies_gives_what_is_there(size: int) -> None:
    """It is opened all the same."""
    data = document(lines(ole(compound(VBA), size=size)))
    assert found(data) == ["policy macro-vba"]


def test_a_size_that_is_too_small_hides_nothing() -> None:
    """All there is, beside what the size allows."""
    assert PROGRAM + struct.pack("<II", 0x501, 0) in members(document(lines(ole(PROGRAM, size=0))))
    raw = package()
    at = raw.index(b"Package\0") + 16
    raw = raw[:at] + bytes(4) + raw[at + 4 :]
    assert members(document(lines(raw))) == [PROGRAM]


def test_a_header_that_lies_hides_nothing() -> None:
    """The object is passed on, and the compound file in it is opened."""
    file = compound(VBA)
    raw = bytearray(ole(file))
    raw[8:12] = b"\xff\xff\xff\x7f"
    assert members(document(lines(bytes(raw)))) == [bytes(raw), bytes(raw[raw.index(file[:8]) :])]
    assert found(document(lines(bytes(raw)))) == ["policy macro-vba"]


@pytest.mark.parametrize("raw", [compound(VBA), PROGRAM, b"x"], ids=["compound", "program", "short"])
def test_an_object_without_a_header_is_passed_on(raw: bytes) -> None:
    """As it is."""
    assert raw in members(document(lines(raw)))


def test_every_object_is_read() -> None:
    """And what is in it in turn."""
    first, second = lines(package()), lines(ole(zip_of({"e.com": eicar()})))
    assert members(b"{\\rtf1{\\objdata " + first + b"}{\\object{\\*\\objdata " + second + b"}}}") == [
        PROGRAM,
        zip_of({"e.com": eicar()}),
    ]


def test_objects_can_be_left_where_they_are() -> None:
    """By an option; what the document pulls in is told still."""
    data = document(HEX).replace(b"bye", b"{\\*\\template http://x.example/t}")
    report = examined(data, Macros(embedded=False))
    assert not [one for one in report.message.parts if one.origin == "rtf"]
    assert [str(one) for one in report.findings] == ["policy remote-template"]


# --- what it pulls in -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"{\\*\\template http://x.example/t.dotm}", "policy remote-template"),
        (b"{\\*\\template \\'68\\'74\\u116?p{\\b s}:/\r\n/x.example/t}", "policy remote-template"),
        (b"{\\*\\template{\\*\\x 9}\\u-65432 http:\\'2f/x}", "policy remote-template"),
        (b"{\\*\\template{\\*\\x 9}http:\\'2f/x}", "policy remote-template"),
        (b"{\\*\\template \\\\\\\\server\\\\t.dot}", "note linked-file"),
        (b"{\\*\\template C:\\\\Docs\\\\Normal.dot}", ""),
        (b"{\\*\\template Normal.dot}", ""),
        (b'{\\field{\\*\\fldinst{DDEAUTO c:\\\\\\\\cmd.exe "/k calc"}}{\\fldrslt x}}', "policy dde"),
        (b"{\\field{\\*\\fldinst {\\b D}{\\i DE}{ cmd x}}}", "policy dde"),
        (b"{\\field{\\fldinst ddeauto cmd", "policy dde"),
        (b'{\\field{\\*\\fldinst INCLUDETEXT "http://x.example/"}}', "policy remote-object"),
        (b'{\\field{\\*\\fldinst LINK htmlfile "http://x.example/" "" \\\\a}}', "policy remote-object"),
        (b'{\\field{\\*\\fldinst LINK Excel.Sheet.8 "\\\\\\\\\\\\\\\\srv\\\\\\\\a.xls"}}', "note linked-file"),
        (b'{\\field{\\*\\fldinst LINK Excel.Sheet.8 "C:\\\\\\\\a.xls"}}', ""),
        (
            b'{\\field{\\*\\fldinst INCLUDEPICTURE \\\\d "http://x.example/a.png" \\\\* MERGEFORMAT}}',
            "note linked-file",
        ),
        (b'{\\field{\\*\\fldinst HYPERLINK "http://x.example/"}}', ""),
        (b"{\\field{\\*\\fldinst DDEX y}}", ""),
        (b"{\\field{\\*\\fldinst }}", ""),
        (b"\\\\*\\\\template http://x.example/", ""),
    ],
)
def test_what_is_loaded_on_opening_is_found(text: bytes, expected: str) -> None:
    """Links that somebody has to click are honest."""
    assert found(b"{\\rtf1 " + text + b"}") == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (b"http://x.example/a.hta", ["policy remote-object"]),
        (b"\\\\server\\a.doc", ["note linked-file"]),
        (b"C:\\a.doc", []),
    ],
)
def test_a_link_of_ole_1_is_found_by_its_target(target: bytes, expected: list[str]) -> None:
    """It holds no file."""
    data = document(lines(link(target)))
    assert found(data) == expected
    assert members(data) == []


def test_a_link_of_ole_2_to_a_url_is_found() -> None:
    """By the moniker in its stream."""
    url = "http://x.example/a.hta\0".encode("utf-16-le")
    stream = struct.pack("<5I", 0x2000001, 9, 1, 0, 0) + ole1.URL + struct.pack("<I", len(url)) + url
    report = examined(document(lines(ole(compound({"\x01Ole": stream}), b"OLE2Link"))))
    assert [(str(one), one.detail) for one in report.findings] == [
        ("policy remote-object", "link: http://x.example/a.hta")
    ]
    assert found(compound({"\x01Ole": stream[:20]})) == []


def test_things_in_one_document_have_a_bound() -> None:
    """A thousand are no better known than a hundred."""
    data = b"{\\rtf1" + b"".join(b"{\\*\\template http://x/%d}" % number for number in range(1000)) + b"}"
    assert len(found(data)) == rtf.MOST_FOUND


# --- what others wrote ----------------------------------------------------------------------------------------------


@pytest.mark.servers
def test_clam_exe_is_found_in_an_rtf() -> None:
    """Octet for octet."""
    assert members((TESTFILES / "clam.exe.rtf").read_bytes()) == [(TESTFILES / "clam.exe").read_bytes()]
