"""Objects that an RTF spells in hexadecimal, what it pulls in, and the compressed RTF of saved messages."""

from __future__ import annotations

import importlib.util
import random
import struct
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from compressed_rtf import compress
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Filter, Kind, Limits
from qsfilter.testing import attachment, eicar, examine, message, part, zip_of
from qsfilter_macros import Macros, digits, fields, lzfu, ole1, rtf
from qsfilter_macros.compound import TooLargeError

if TYPE_CHECKING:
    from qsfilter import Report

_SPEC = importlib.util.spec_from_file_location("compound_files", Path(__file__).with_name("compound_files.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
_FILES = importlib.util.module_from_spec(_SPEC)
sys.modules["compound_files"] = _FILES
_SPEC.loader.exec_module(_FILES)
compound = _FILES.compound

PROGRAM = b"MZ" + bytes(range(256))
VBA = {"VBA": {"dir": b"\x01\xb0", "_VBA_PROJECT": b"\xcc\x61"}, "PROJECT": b"ID={}"}
TESTFILES = Path("/usr/share/clamav-testfiles")


def examined(data: bytes, plugin: object = None, **limits: int) -> Report:
    """Examine a message with DATA attached."""
    chosen = Filter(plugin or Macros(), limits=Limits(**limits))
    chosen.start()
    return examine(chosen, message(part(b"text"), attachment(data, "letter.doc")))


def members(data: bytes, plugin: object = None) -> list[bytes]:
    """Return what is taken out of the RTF DATA."""
    return [one.blob.data for one in examined(data, plugin).message.parts if one.origin == "rtf"]


def found(data: bytes) -> list[str]:
    """Return what is found in DATA."""
    return [str(one) for one in examined(data).findings]


def prefixed(text: bytes) -> bytes:
    """Return TEXT as OLE 1 writes it."""
    return struct.pack("<I", len(text) + 1) + text + b"\0" if text else bytes(4)


def ole(data: bytes, name: bytes = b"Equation.3", size: int | None = None, kind: int = 2) -> bytes:
    """Return an object of OLE 1 with DATA in it and a picture behind it."""
    head = struct.pack("<II", 0x501, kind) + prefixed(name) + prefixed(b"") + prefixed(b"")
    picture = struct.pack("<II", 0x501, 0)
    return head + struct.pack("<I", len(data) if size is None else size) + data + picture


def link(target: bytes) -> bytes:
    """Return a link of OLE 1 to TARGET."""
    head = struct.pack("<II", 0x501, 1) + prefixed(b"htmlfile") + prefixed(target) + prefixed(b"")
    return head + prefixed(b"") + bytes(8)


def package(data: bytes = PROGRAM) -> bytes:
    """Return a packaged file."""
    body = b"\x02\0invoice.exe\0C:\\in\\i.exe\0\0\0\3\0" + struct.pack("<I", 11) + b"C:\\t\\x.tmp\0"
    return ole(body + struct.pack("<I", len(data)) + data, b"Package")


def document(spelt: bytes) -> bytes:
    """Return an RTF with an object that is SPELT so."""
    return rb"{\rtf1\ansi Read this: {\object\objemb\objw1{\*\objclass Package}{\*\objdata " + spelt + b"}} bye}"


def lines(raw: bytes) -> bytes:
    """Spell RAW as Word does."""
    text = raw.hex().encode()
    return b"\r\n".join(text[at : at + 128] for at in range(0, len(text), 128))


HEX = package().hex().encode()


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


# --- how it may be spelt --------------------------------------------------------------------------------------------


def between(piece: bytes, every: int = 1) -> bytes:
    """Spell the package with PIECE behind EVERY so many digits."""
    return b"".join(HEX[at : at + every] + piece for at in range(0, len(HEX), every))


@pytest.mark.parametrize(
    "spelt",
    [
        HEX.upper(),
        between(b" "),
        between(b"\r\n\t", 7),
        between(b"{}"),
        between(b"{\\*\\ignored 9a9b}"),
        between(b"{\\*\\ignored{\\b 9a}9b}", 3),
        between(b"{\\object{\\pict 99}}", 3),
        between(b"\\foo "),
        between(b"\\foo-123 ", 3),
        between(b"\\" + b"a" * 252 + b" ", 50),
        between(b"\\*", 3),
        between(b"\\{\\}\\\\"),
        between(b"\\'41", 2),
        between(b"g", 3),
        between(b"zz\0\xff", 5),
        b"{" + HEX + b"}",
        b"{\\b{\\i " + HEX + b"}}",
        b"{\\*\\mmathPr " + HEX + b"}",
        b"\\bin%d " % len(package()) + package(),
        HEX[:40] + b"\\bin00%d " % (len(package()) - 20) + package()[20:],
        HEX[:40] + b"\\bin-5 " + HEX[40:],
        HEX[:40] + b"\\bin " + HEX[40:],
        HEX + b"7",
        b"{\\*\\unknown " + HEX + b"}",
        HEX[:10] + b"{\\unknown 41}" + HEX[10:],
        HEX[:10] + b"0\\'00" + HEX[10:],
        HEX[:11] + b"\\'00" + HEX[11:],
        HEX[:10] + b"0\\'00{\\foo 0}" + HEX[10:],
    ],
)
def test_the_file_comes_out_however_it_is_spelt(spelt: bytes) -> None:
    """In one of the readings at least."""
    assert PROGRAM in members(document(spelt))


@pytest.mark.parametrize(
    "data",
    [
        b"{\\rt{\\object\\objdata " + HEX,
        b"{\\rtf1{{{{\\*\\objdata" + b"0" * 20 + b"{{" + HEX,
        b"{\\rtx}\\objdata " + HEX,
        b"{\\rtf1 }}}}{\\object{\\*\\objdata " + HEX + b"}",
        b"{\\rtf1\\\\{\\objdata " + HEX + b"}",
        b"{\\rtf1{\\*\\unknown{\\objdata " + HEX + b"}}",
        b"{\\rtf1{\\objdata 0105{\\objdata " + HEX + b"}02}",
        b"{\\rtf1{\\objdata 0105 \\objdata " + HEX + b"}",
        b"{\\rtf1\\bin99999999999 {\\objdata " + HEX + b"}",
        b"{\\rtf1\\bin3 {{\\{\\objdata " + HEX + b"}",
        b"{\\rtf1{\\pict\\bin99 {\\objdata " + HEX + b"}" + b" " * 99 + b"}}",
        b"{\\rtf1\\bin1 \\\\objdata " + HEX,
        b"{\\rtf1\\objdata" + b"1" * 246 + HEX,
    ],
)
def test_the_file_comes_out_wherever_it_stands(data: bytes) -> None:
    """No braces and no words before it hide it."""
    assert PROGRAM in members(data)


def test_a_word_in_the_text_is_none() -> None:
    """Two backslashes are one in the text."""
    assert members(b"{\\rtf1 write \\\\objdata 0102 and \\\\\\\\objdata 0304 or \\objdatax 05}") == []


def test_where_readings_differ_each_is_passed_on_once() -> None:
    """Digits in groups count for some readers."""
    spelt = b"4d5a{\\foo 41}{\\*\\foo 42}43"
    assert members(document(spelt)) == [b"MZAC", b"MZC", b"MZABC"]
    assert members(document(b"4d5a4\\'006")) == [b"MZ", b"MZF"]
    assert members(document(b"4d5a{\\*\\foo}{\\foo }")) == [b"MZ"]


def test_white_space_and_a_byte_order_mark_may_stand_in_front() -> None:
    """Word takes it."""
    for front in (b"", b" \r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"):
        assert rtf.is_rtf(front + b"{\\rt")
    assert not rtf.is_rtf(b"x{\\rtf1")
    assert not rtf.is_rtf(b"{\\r")


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


# --- bounds ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", [b"{", b"{\\objdata 00", b"0{}", b"0\\'00", b"\\bin1 x", b"\\bin9 \\objdata ", b"\\"])
def test_no_text_takes_long(unit: bytes) -> None:
    """Work has a bound, and is linear below it."""
    data = b"{\\rtf1{\\objdata " + unit * ((1 << 20) // len(unit))
    started = time.process_time()
    report = examined(data)
    assert time.process_time() - started < 60
    assert {one.name for one in report.findings} <= {"over-limit"}


def test_what_was_read_before_the_bound_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the rest is told."""
    monkeypatch.setattr(digits, "MOST_STEPS", 500)
    report = examined(document(HEX).replace(b"bye", b"{\\objdata " + b"0{}" * 1000 + b"}"))
    assert PROGRAM in [one.blob.data for one in report.message.parts]
    assert [str(one) for one in report.findings] == ["unscannable over-limit"]


def test_objects_in_each_other_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reads those in it again."""
    monkeypatch.setattr(digits, "STEP", 1)
    with pytest.raises(TooLargeError):
        list(rtf.contents(b"{\\rtf1" + b"{\\objdata 00" * 1000, 1 << 20))


def test_an_object_is_read_within_the_budget() -> None:
    """In steps, and not much beyond."""
    raw = random.Random(1).randbytes(3 << 20)  # noqa: S311 - any octets
    (first,) = rtf.contents(document(lines(raw)), 1000)
    assert isinstance(first, bytes)
    assert raw.startswith(first)
    assert len(first) <= 1001 + digits.STEP
    (first,) = rtf.contents(document(b"\\bin%d " % len(raw) + raw), 1000)
    assert len(first) == 1001


PIECES = [
    b"{", b"}", b"\\objdata ", b"{\\*\\objdata ", b"\\*", b"\\'", b"\\'4", b"\\bin", b"\\bin5 ", b"\\bin999 ",
    b"\\", b"\\\\", b"\\foo1", b"{\\*\\foo ", b"{\\pict ", b"\\template ", b"\\fldinst ", b"http://x", b"DDE x",
    b"\\u12 ", b"\\u999999 ", b"01050000", b"02000000", b"0", b"\0", b" ", HEX, compound(VBA).hex().encode(),
]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=5)), max_size=30))
def test_no_text_makes_it_fail(pieces: list[bytes]) -> None:
    """It is read as far as it goes."""
    data = b"{\\rtf1" + b"".join(pieces)
    total = 0
    for one in rtf.contents(data, 1 << 20):
        if isinstance(one, bytes):
            assert 0 < len(one) <= len(data)
            total += 1
    assert total <= 6 * data.count(b"objdata")


@given(st.lists(st.sampled_from(PIECES), max_size=20))
def test_nothing_in_an_object_makes_the_plugin_fail(pieces: list[bytes]) -> None:
    """Findings, and nothing else."""
    report = examined(b"{\\rtf1{\\objdata " + b"".join(pieces))
    assert not [one for one in report.findings if one.kind is Kind.FAILURE]


@given(st.binary(max_size=300), st.sampled_from([b"", ole(b""), link(b"")[:20], package()[:60]]))
def test_no_object_makes_its_readers_raise(raw: bytes, start: bytes) -> None:
    """They take anything."""
    list(ole1.contents(start + raw))
    list(ole1.urls(raw[:20] + ole1.URL + raw[20:]))
    fields.field(fields.text(raw, 0))


# --- compressed RTF -------------------------------------------------------------------------------------------------


def saved(stream: bytes) -> bytes:
    """Return a message that Outlook saved, with STREAM as its compressed RTF."""
    data: bytes = compound({"__properties_version1.0": b"x", "__substg1.0_10090102": stream})
    return data


def texts(data: bytes) -> list[bytes]:
    """Return what is taken out of the message DATA."""
    return [one.blob.data for one in examined(data).message.parts if one.origin == "msg"]


@pytest.mark.parametrize("packed", [True, False])
def test_the_rtf_of_a_saved_message_is_inflated_and_read(packed: bool) -> None:
    """What is in it comes out as well."""
    text = document(HEX)
    report = examined(saved(compress(text, packed)))
    assert [one.blob.data for one in report.message.parts if one.origin in {"msg", "rtf"}] == [text, PROGRAM]
    assert report.findings == ()


def test_a_wrong_checksum_and_a_cut_keep_nothing_from_being_read() -> None:
    """The text is what is there."""
    stream = bytearray(compress(document(HEX)))
    stream[12:16] = b"\0\0\0\0"
    assert texts(saved(bytes(stream))) == [document(HEX)]
    for cut in (-1, -2, -3):
        (text,) = texts(saved(bytes(stream[:cut])))
        assert document(HEX).startswith(text[:100])


def test_what_is_no_compressed_rtf_is_told() -> None:
    """And passed on."""
    assert texts(saved(b"x" * 20)) == [b"x" * 20]
    assert found(saved(b"x" * 20)) == ["unscannable corrupt"]


def test_compressed_rtf_is_inflated_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library is slow."""
    monkeypatch.setattr(lzfu, "MOST", 50)
    assert found(saved(compress(document(HEX)))) == ["unscannable over-limit"]


@given(st.binary(max_size=100))
def test_no_stream_makes_the_inflater_raise(body: bytes) -> None:
    """It is cut short, or read."""
    lzfu.inflated(bytes(8) + b"LZFu" + bytes(4) + body)
    lzfu.inflated(body)


def test_check_tells_that_the_library_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install."""
    monkeypatch.setitem(sys.modules, "compressed_rtf", None)
    (problem,) = Macros().check()
    assert problem.mend == "install compressed-rtf"


# --- what others wrote ----------------------------------------------------------------------------------------------


@pytest.mark.servers
def test_clam_exe_is_found_in_an_rtf() -> None:
    """Octet for octet."""
    assert members((TESTFILES / "clam.exe.rtf").read_bytes()) == [(TESTFILES / "clam.exe").read_bytes()]
