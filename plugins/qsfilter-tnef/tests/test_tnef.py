"""TNEF: attachments with all their names, bodies, embedded messages; and no lie about a length hides any of them."""

from __future__ import annotations

import mmap
import struct
import time
import zipfile
from typing import TYPE_CHECKING

import pytest
from compressed_rtf import compress
from hypothesis import given, settings
from hypothesis import strategies as st

from qsfilter import Blob, Envelope, Filter, Kind, Limits, Part, pipeline
from qsfilter import Path as PartPath
from qsfilter.testing import attachment, eicar, examine, message, part, zip_of
from qsfilter.testing.contract import PluginContract
from qsfilter_tnef import Tnef
from qsfilter_tnef.attributes import checksum
from qsfilter_tnef.rtf import MOST, crc

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qsfilter import Report

PLAIN = Filter(Tnef())
PLAIN.start()
STRING, UNICODE, OBJECT, BINARY = 0x1E, 0x1F, 0x0D, 0x102
LONG, SHORT, DISPLAY, DATA, MIME_TAG = 0x3707, 0x3704, 0x3001, 0x3701, 0x370E
RTF = b"{\\rtf1\\ansi\\ansicpg1252 hello hello hello hello}"
HUGE = 0xFFFFFFF0
QUICK = 30.0
"""Seconds; what takes longer hangs."""
IMESSAGE = bytes.fromhex("0703020000000000c000000000000046")
ISTORAGE = bytes.fromhex("0b00000000000000c000000000000046")


# --- a small writer of TNEF, in which every length, count and checksum can be a lie ---------------------------------


def stream(*attributes: bytes) -> bytes:
    """Return a stream of ATTRIBUTES behind signature and key."""
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(attributes)


def attribute(code: int, data: bytes, level: int = 2, length: int | None = None, total: int | None = None) -> bytes:
    """Return one attribute; CODE is its number with the type above it."""
    size = len(data) if length is None else length
    right = sum(data) & 0xFFFF if total is None else total
    return struct.pack("<BII", level, code, size) + data + struct.pack("<H", right)


def rend_data() -> bytes:
    """Return what every attachment begins with."""
    return attribute(0x69002, bytes(14))


def attached(name: bytes, data: bytes) -> bytes:
    """Return an attachment as old writers make it, by attributes alone."""
    return rend_data() + attribute(0x18010, name + b"\0") + attribute(0x6800F, data)


def prop(number: int, kind: int, value: bytes, length: int | None = None, count: int = 1, name: bytes = b"") -> bytes:
    """Return one MAPI property with a length of its own; NAME is what a named property has in front."""
    size = len(value) if length is None else length
    return struct.pack("<HH", kind, number) + name + struct.pack("<II", count, size) + value + bytes(-len(value) % 4)


def props(*properties: bytes, count: int | None = None) -> bytes:
    """Return a list of PROPERTIES."""
    return struct.pack("<I", len(properties) if count is None else count) + b"".join(properties)


def mapi_attached(*properties: bytes, count: int | None = None) -> bytes:
    """Return an attachment as new writers make it, by MAPI properties alone."""
    return rend_data() + attribute(0x69005, props(*properties, count=count))


def of_message(*properties: bytes, count: int | None = None) -> bytes:
    """Return the properties of the message itself."""
    return attribute(0x69003, props(*properties, count=count), level=1)


# --- what is found --------------------------------------------------------------------------------------------------


def opened(data: bytes, chosen: Filter = PLAIN) -> Report:
    """Examine a message with DATA attached."""
    return examine(chosen, message(part(b"text"), attachment(data, "winmail.dat", "application/ms-tnef")))


def members(report: Report) -> list[bytes]:
    """Return the contents of what was unpacked from TNEF."""
    return [one.blob.data for one in report.message.parts if one.origin == "tnef"]


def names(report: Report) -> list[list[str]]:
    """Return the names of each member of TNEF."""
    return [[name.text for name in one.names] for one in report.message.parts if one.origin == "tnef"]


def codes(report: Report) -> list[str]:
    """Return kind and name of each finding."""
    return [str(found) for found in report.findings]


class TestContract(PluginContract):
    """What every plugin passes."""

    def make(self) -> object:
        """Make one as it is by default."""
        return Tnef()


# --- what honest writers make ---------------------------------------------------------------------------------------


def test_an_attachment_is_a_part() -> None:
    report = opened(stream(attached(b"x.com", eicar())))
    assert (members(report), names(report), codes(report)) == ([eicar()], [["x.com"]], [])


def test_the_name_of_the_file_does_not_matter() -> None:
    report = examine(PLAIN, message(attachment(stream(attached(b"x.com", b"x")), "a.jpg", "image/jpeg")))
    assert members(report) == [b"x"]


def test_the_path_of_an_attachment_names_it() -> None:
    report = opened(stream(attached(b"x.com", b"x")))
    assert [str(one.path) for one in report.message.parts][-1] == '1.2 > "winmail.dat" > "x.com"'


def test_every_name_goes_to_the_rules() -> None:
    properties = mapi_attached(
        prop(DISPLAY, STRING, b"shown.txt\0"),
        prop(SHORT, STRING, b"SHORT~1.EXE\0"),
        prop(LONG, UNICODE, "länger.exe\0".encode("utf-16-le")),
        prop(0x3703, STRING, b".scr\0"),
        prop(0x370C, STRING, b"transport.bat\0"),
        prop(0x3708, STRING, b"C:\\path.pif\0"),
        prop(DATA, BINARY, b"content"),
    )
    report = opened(stream(properties, attribute(0x18010, b"TITLE.COM\0")))
    expected = "länger.exe SHORT~1.EXE TITLE.COM transport.bat shown.txt .scr C:\\path.pif"
    assert (members(report), names(report)) == ([b"content"], [expected.split()])


def test_names_may_stand_behind_the_content() -> None:
    data = stream(
        rend_data(), attribute(0x6800F, b"one"), attribute(0x18010, b"1.txt\0"),
        rend_data(), attribute(0x6800F, b"two"), attribute(0x18010, b"2.txt\0"),
    )  # fmt: skip
    assert (members(opened(data)), names(opened(data))) == ([b"one", b"two"], [["1.txt"], ["2.txt"]])


def test_a_name_is_read_in_the_code_page_of_the_stream_and_as_it_stands() -> None:
    data = stream(
        attribute(0x69007, struct.pack("<II", 1251, 0), level=1),
        attached("счёт.exe".encode("cp1251"), b""),
    )
    assert names(opened(data)) == [["счёт.exe", "счёт.exe".encode("cp1251").decode("latin-1")]]


@pytest.mark.parametrize("page", [0, 37, 65000, 99999, 0xFFFFFFFF])
def test_no_code_page_hides_a_name(page: int) -> None:
    codepage = attribute(0x69007, struct.pack("<II", page, 0), level=1)
    assert "x.exe" in names(opened(stream(codepage, attached(b"x.exe", b""))))[0]


def test_an_attachment_without_a_name_is_a_part() -> None:
    report = opened(stream(rend_data(), attribute(0x6800F, b"x")))
    assert (members(report), names(report), codes(report)) == ([b"x"], [[]], [])


def test_an_attachment_without_content_is_there_for_its_name() -> None:
    report = opened(stream(rend_data(), attribute(0x18010, b"x.exe\0")))
    assert (members(report), names(report)) == ([b""], [["x.exe"]])


def test_two_attachments_of_one_name_are_two_parts() -> None:
    report = opened(stream(attached(b"a", b"one"), attached(b"a", b"two")))
    assert members(report) == [b"one", b"two"]


def test_two_contents_of_one_attachment_are_two_parts() -> None:
    both = attached(b"a.exe", b"one") + attribute(0x69005, props(prop(DATA, BINARY, b"two")))
    report = opened(stream(both))
    assert (members(report), names(report)) == ([b"one", b"two"], [["a.exe"], ["a.exe"]])


def test_content_keeps_its_last_octets() -> None:
    """A NUL at the end is content, and what fills a property up to four octets is not."""
    report = opened(stream(mapi_attached(prop(DATA, BINARY, b"x\0\0\0\0"))))
    assert members(report) == [b"x\0\0\0\0"]


def test_the_media_type_of_an_attachment_is_declared() -> None:
    data = stream(mapi_attached(prop(MIME_TAG, STRING, b"Image/PNG; x=y\0"), prop(DATA, BINARY, b"\x89PNG")))
    assert [one.declared for one in opened(data).message.parts][-1] == "image/png"


def test_bodies_are_parts() -> None:
    data = stream(
        attribute(0x2800C, b"old text\0", level=1),
        of_message(
            prop(0x1000, UNICODE, "new text\0".encode("utf-16-le")),
            prop(0x1013, BINARY, b"<p>page</p>"),
            prop(0x1009, BINARY, compress(RTF)),
        ),
    )
    report = opened(data)
    found = {one.declared: one.blob.data for one in report.message.parts if one.origin == "tnef"}
    assert members(report)[0] == b"old text\0"
    assert (found, codes(report)) == (
        {"text/plain": b"new text", "text/html": b"<p>page</p>", "text/rtf": RTF},
        [],
    )


def test_rtf_that_is_not_compressed_is_read() -> None:
    report = opened(stream(of_message(prop(0x1009, BINARY, compress(RTF, compressed=False)))))
    assert (members(report), codes(report)) == ([RTF], [])


def test_the_pictures_that_stand_for_attachments_are_parts() -> None:
    data = stream(
        attached(b"a", b"x"),
        attribute(0x68011, b"picture"),
        attribute(0x69005, props(prop(0x3709, BINARY, b"icon"))),
    )
    assert sorted(members(opened(data))) == [b"icon", b"picture", b"x"]


def test_an_embedded_message_is_opened() -> None:
    inner = stream(attached(b"x.com", eicar()))
    embedded = mapi_attached(prop(DISPLAY, STRING, b"Fwd: hello\0"), prop(DATA, OBJECT, IMESSAGE + inner))
    report = opened(stream(embedded))
    assert members(report) == [inner, eicar()]
    assert [str(one.path) for one in report.message.parts][-1] == '1.2 > "winmail.dat" > "Fwd: hello" > "x.com"'


def test_an_ole_object_is_a_part_without_the_guid_in_front() -> None:
    report = opened(stream(mapi_attached(prop(DATA, OBJECT, ISTORAGE + b"object"))))
    assert members(report) == [b"object"]


def test_an_object_of_an_unknown_interface_is_read_with_and_without_its_guid() -> None:
    report = opened(stream(mapi_attached(prop(DATA, OBJECT, b"0123456789abcdef" + eicar()))))
    assert members(report) == [b"0123456789abcdef" + eicar(), eicar()]


def test_an_object_of_a_wrong_type_is_read_with_and_without_its_guid() -> None:
    inner = stream(attached(b"x.com", eicar()))
    report = opened(stream(mapi_attached(prop(DATA, BINARY, IMESSAGE + inner))))
    assert members(report) == [IMESSAGE + inner, inner, eicar()]


def test_a_stream_that_stands_verbatim_in_the_message_is_opened(tmp_path: Path) -> None:
    """The message is a mapped file, and nothing of it is copied before somebody asks."""
    data = stream(of_message(prop(0x1000, UNICODE, b"t\0")), attached(b"x.com", eicar()))
    (tmp_path / "message").write_bytes(b"front" + data + b"behind")
    with (tmp_path / "message").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        blob = Blob(mapped, (5, 5 + len(data)))
        context = pipeline.context(Limits(), b"", Envelope(sender=b"", recipients=()))
        found = list(Tnef().unpack(Part(path=PartPath(), blob=blob, origin="mime"), context))
        assert [one.data if isinstance(one.data, bytes) else one.data.data for one in found] == [b"t", eicar()]


def test_an_archive_in_an_attachment_is_opened() -> None:
    report = opened(stream(attached(b"a.zip", zip_of({"x.exe": eicar()}, compression=zipfile.ZIP_STORED))))
    assert [str(one.path) for one in report.message.parts][-1] == '1.2 > "winmail.dat" > "a.zip" > "x.exe"'


def test_named_and_multiple_properties_are_passed_over() -> None:
    guid = bytes(range(16))
    number, text = guid + struct.pack("<II", 0, 7), guid + struct.pack("<II", 1, 6) + b"n\0a\0\0\0\0\0"
    data = stream(
        mapi_attached(
            prop(0x8000, STRING, b"x\0", name=number),
            prop(0x8001, UNICODE, b"x\0\0\0", name=text),
            struct.pack("<HHI", 0x1003, 0x6000, 3) + bytes(12),
            struct.pack("<HHI", 0x1040, 0x6001, 2) + bytes(16),
            struct.pack("<HHIIII", 0x101E, 0x6002, 2, 4, 0x61616161, 0),
            struct.pack("<HHI", 0x000B, 0x6003, 1),
            struct.pack("<HH", 0x0048, 0x6004) + guid,
            prop(DATA, BINARY, b"found"),
        )
    )
    assert (members(opened(data)), codes(opened(data))) == ([b"found"], [])


@pytest.mark.parametrize("octets", [4, 8])
def test_two_ways_to_fill_up_short_values_are_read(octets: int) -> None:
    short = struct.pack("<HHI", 0x1002, 0x6000, 2) + bytes(octets)
    data = stream(mapi_attached(short, prop(DATA, BINARY, b"found")))
    assert (members(opened(data)), codes(opened(data))) == ([b"found"], [])


# --- lies -----------------------------------------------------------------------------------------------------------


def test_a_wrong_checksum_hides_nothing() -> None:
    """Some of Outlook's own files have one, so it is no reason to refuse the mail."""
    report = opened(stream(rend_data(), attribute(0x6800F, eicar(), total=1)))
    assert (members(report), codes(report)) == ([eicar()], ["irregular tnef-checksum"])


def test_padding_behind_the_last_attribute_is_nothing() -> None:
    report = opened(stream(attached(b"a", b"x")) + b"\0\0\r\n")
    assert (members(report), codes(report)) == ([b"x"], [])


def test_what_stands_behind_the_last_attribute_is_a_part() -> None:
    report = opened(stream(attached(b"a", b"x")) + b"PPP" + eicar())
    assert (members(report), codes(report)) == ([b"PPP" + eicar(), b"x"], ["irregular tnef-trailing-data"])


def test_what_stands_behind_garbage_is_found() -> None:
    data = stream(attached(b"a", b"x"), b"\x07garbage", attached(b"x.com", eicar()))
    report = opened(data)
    assert {b"x", eicar(), b"\x07garbage"} == set(members(report))
    assert codes(report) == ["unscannable corrupt"]


@pytest.mark.parametrize("code", [0x6800F, 0x69005, 0x69003, 0x18010, 0x38013, 0x12345678])
def test_what_stands_behind_a_huge_attribute_is_found(code: int) -> None:
    """The length leads beyond the end, so a reader that believes it sees nothing else."""
    lie = attribute(code, b"lie!", length=HUGE)
    report = opened(stream(attached(b"a", b"x"), lie, attached(b"x.com", eicar())))
    assert {b"x", eicar()} <= set(members(report))
    assert ["x.com"] in names(report)
    assert "unscannable corrupt" in codes(report)


def test_content_that_is_shorter_than_it_says_is_scanned() -> None:
    report = opened(stream(rend_data(), attribute(0x6800F, eicar(), length=HUGE)))
    assert members(report)[0].startswith(eicar())
    assert codes(report) == ["unscannable corrupt"]


def test_an_attribute_of_an_unknown_level_is_read() -> None:
    report = opened(stream(rend_data(), attribute(0x6800F, eicar(), level=9)))
    assert members(report) == [eicar()]


@pytest.mark.parametrize(
    "lie",
    [
        lambda: prop(0x6000, STRING, b"abcd", length=HUGE),
        lambda: prop(DATA, BINARY, b"abcd", length=HUGE),
        lambda: prop(0x6000, STRING, b"abcd", count=HUGE),
        lambda: struct.pack("<HHI", 0x1002, 0x6000, HUGE),
        lambda: struct.pack("<HHI", 0x1014, 0x6000, HUGE),
        lambda: struct.pack("<HHI", 0x0077, 0x6000, 1),
        lambda: prop(0x8000, STRING, b"abcd", name=bytes(16) + struct.pack("<II", 1, HUGE)),
        lambda: prop(0x8000, STRING, b"abcd", name=bytes(16) + struct.pack("<II", 7, 0)),
    ],
)
def test_what_stands_behind_a_property_that_lies_is_found(lie: Callable[[], bytes]) -> None:
    good = prop(LONG, STRING, b"x.com\0") + prop(DATA, BINARY, eicar())
    report = opened(stream(mapi_attached(lie(), good, count=3)))
    assert eicar() in members(report)
    assert ["x.com"] in names(report)
    assert "unscannable corrupt" in codes(report)


@pytest.mark.parametrize("count", [0, 1, 3, HUGE])
def test_a_wrong_count_of_properties_hides_nothing(count: int) -> None:
    started = time.monotonic()
    data = stream(mapi_attached(prop(DATA, BINARY, eicar()), prop(LONG, STRING, b"x.com\0"), count=count))
    report = opened(data)
    assert (members(report), names(report), codes(report)) == ([eicar()], [["x.com"]], ["unscannable corrupt"])
    assert time.monotonic() - started < QUICK


def test_a_list_of_properties_that_is_cut_anywhere_is_not_clean() -> None:
    """Its attribute ends where the list does, so only the list tells."""
    name = bytes(16) + struct.pack("<II", 1, 4) + b"n\0\0\0"
    whole_list = props(
        prop(0x8000, STRING, b"abc\0", name=name),
        struct.pack("<HHI", 0x1003, 0x6000, 2) + bytes(8),
        struct.pack("<HHIIIII", 0x101E, 0x6001, 2, 4, 0x61616161, 4, 0x62626262),
        prop(DATA, BINARY, eicar()),
    )
    for length in range(len(whole_list)):
        report = opened(stream(rend_data(), attribute(0x69005, whole_list[:length])))
        assert codes(report) == ["unscannable corrupt"], length
    assert codes(opened(stream(rend_data(), attribute(0x69005, whole_list)))) == []


def test_a_string_that_is_no_utf_16_hides_nothing_behind_it() -> None:
    bad = prop(DISPLAY, UNICODE, b"\x00\xd8x\0\0")
    report = opened(stream(mapi_attached(bad, prop(DATA, BINARY, eicar()))))
    assert members(report) == [eicar()]


def rtf_with(sizes: tuple[int, int], total: int | None, body: bytes) -> bytes:
    """Return compressed RTF with a header of our own."""
    return struct.pack("<II4sI", *sizes, b"LZFu", crc(body) if total is None else total) + body


@pytest.mark.parametrize("case", ["checksum", "size", "size unpacked", "cut short"])
def test_rtf_with_a_wrong_header_is_read(case: str) -> None:
    right = compress(RTF)
    body = right[16:]
    size = len(body) + 12
    wrong = {
        "checksum": rtf_with((size, len(RTF)), 0, body),
        "size": rtf_with((0, len(RTF)), None, body),
        "size unpacked": rtf_with((size, 1), None, body),
        "cut short": rtf_with((size, len(RTF)), None, body[:-1]),
    }[case]
    report = opened(stream(of_message(prop(0x1009, BINARY, wrong))))
    assert RTF.startswith(members(report)[0][:40])
    assert members(report)[0][:40]
    assert codes(report) == ["unscannable corrupt"]


def test_rtf_that_is_none_is_a_part() -> None:
    report = opened(stream(of_message(prop(0x1009, BINARY, eicar()))))
    assert (members(report), codes(report)) == ([eicar()], ["unscannable corrupt"])


def test_very_long_rtf_is_no_clean_content() -> None:
    data = rtf_with((MOST + 12, 0), 0, bytes(MOST))
    report = opened(stream(of_message(prop(0x1009, BINARY, data))))
    assert (members(report), codes(report)) == ([data], ["unscannable over-limit"])


def test_a_very_long_name_is_no_clean_name() -> None:
    report = opened(stream(attached(b"a" * 10_000 + b".exe", b"x")))
    assert (len(names(report)[0][0]), codes(report)) == (4096, ["unscannable corrupt"])


def test_very_many_names_are_no_clean_names() -> None:
    titles = [attribute(0x18010, b"%d.exe\0" % number) for number in range(1000)]
    report = opened(stream(rend_data(), *titles))
    assert (len(names(report)[0]), codes(report)) == (64, ["unscannable corrupt"])


@pytest.mark.parametrize("behind", [b"", b"\0", b"\x01\x00", b"\x01\x00" + bytes(60), b"\x01\x00" + b"noise" * 20])
def test_a_signature_with_nothing_behind_it_is_no_clean_content(behind: bytes) -> None:
    assert "unscannable corrupt" in codes(opened(b"\x78\x9f\x3e\x22" + behind))


# --- limits ---------------------------------------------------------------------------------------------------------


def test_very_many_attachments_are_over_the_limit() -> None:
    data = stream(*[attached(b"%d.txt" % number, b"%d" % number) for number in range(20_001)])
    report = opened(data)
    assert (len(members(report)), codes(report)) == (10_000, ["unscannable over-limit"])
    assert len(members(opened(data, Filter(Tnef(), limits=Limits(members=30_000, parts=30_000))))) == 20_001


def test_very_many_empty_attributes_are_over_the_limit() -> None:
    started = time.monotonic()
    report = opened(stream(attribute(0x38013, b"") * 1_000_000))
    assert codes(report) == ["unscannable over-limit"]
    assert time.monotonic() - started < QUICK


def test_very_many_properties_are_over_the_limit() -> None:
    started = time.monotonic()
    report = opened(stream(of_message(struct.pack("<HHI", 3, 0x6000, 0) * 1_000_000, count=1_000_000)))
    assert codes(report) == ["unscannable over-limit"]
    assert time.monotonic() - started < QUICK


@pytest.mark.parametrize("shape", ["attributes", "properties", "values", "garbage"])
def test_headers_that_lie_take_no_more_time_than_others(shape: str) -> None:
    """All of them lead beyond the end, so each could be read as all the rest."""
    data = {
        "attributes": stream(attribute(0x6800F, b"", length=HUGE) * 200_000),
        "properties": stream(of_message(prop(DATA, BINARY, b"", length=HUGE) * 200_000)),
        "values": stream(of_message(struct.pack("<HHI", 0x1102, DATA, HUGE) * 200_000)),
        "garbage": stream(b"\x0f\x80\x06\x00" * 500_000),
    }[shape]
    started = time.monotonic()
    report = opened(data)
    assert "unscannable corrupt" in codes(report)
    assert sum(map(len, members(report))) <= 2 * len(data)
    assert time.monotonic() - started < QUICK


def test_twenty_messages_in_each_other_reach_the_depth() -> None:
    data = stream(attached(b"x.com", eicar()))
    for _ in range(20):
        data = stream(mapi_attached(prop(DATA, OBJECT, IMESSAGE + data)))
    report = opened(data)
    assert codes(report) == ["unscannable over-limit"]
    assert eicar() in members(opened(data, Filter(Tnef(), limits=Limits(depth=30))))


def test_the_budget_for_bytes_ends_the_reading() -> None:
    data = stream(*[attached(b"%d" % number, bytes(100_000)) for number in range(5)])
    report = opened(data, Filter(Tnef(), limits=Limits(unpacked_bytes=len(data) + 250_000)))
    assert (len(members(report)), codes(report)) == (2, ["unscannable over-limit"])


def test_a_text_beyond_the_budget_is_not_cut_in_silence() -> None:
    data = stream(of_message(prop(0x1000, UNICODE, "a".encode("utf-16-le") * 50_000)))
    limits = Limits(unpacked_bytes=len(data) + 40_000)
    assert codes(opened(data, Filter(Tnef(), limits=limits))) == ["unscannable over-limit"]


# --- whatever the bytes are -----------------------------------------------------------------------------------------


def whole() -> tuple[bytes, set[int]]:
    """Return a stream with everything in it, and the offsets at which it can be cut without a trace."""
    pieces = [
        attribute(0x69007, struct.pack("<II", 1252, 0), level=1),
        of_message(prop(0x1013, BINARY, b"<p>"), prop(0x1009, BINARY, compress(RTF))),
        rend_data(),
        attribute(0x18010, b"X.COM\0"),
        attribute(0x6800F, eicar()),
        attribute(0x69005, props(prop(LONG, STRING, b"x.com\0"))),
    ]
    ends, at = set(), 6
    for piece in pieces:
        at += len(piece)
        ends.add(at)
    return stream(*pieces), ends


def test_a_stream_that_is_cut_anywhere_is_not_clean() -> None:
    """But where an attribute ends: nothing tells that another one followed."""
    data, ends = whole()
    for length in range(4, len(data)):
        found = codes(opened(data[:length]))
        if length in ends:
            assert found == [], length
        elif length + 1 in ends or length + 2 in ends:
            assert found == ["irregular tnef-checksum"], length
        else:
            assert "unscannable corrupt" in found, length


def test_a_message_that_was_cut_still_yields_its_content() -> None:
    data, _ = whole()
    at = data.index(eicar()) + len(eicar())
    for length in range(at, len(data)):
        assert eicar() in members(opened(data[:length])), length


def test_a_stream_with_any_octet_changed_raises_nothing() -> None:
    data, _ = whole()
    for at in range(6, len(data)):
        for octet in (0, 1, 0x7F, 0xFF):
            changed = data[:at] + bytes((octet,)) + data[at + 1 :]
            report = opened(changed)
            assert not [found for found in report.findings if found.kind is Kind.FAILURE], at
            assert not [found for found in report.findings if "unpack:" in found.detail], (at, codes(report))


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    for start in (b"\x78\x9f\x3e\x22", b"\x78\x9f\x3e\x22\x01\x00\x01\x03\x90\x06\x00"):
        report = opened(start + data)
        assert not [found for found in report.findings if found.kind is Kind.FAILURE or "unpack:" in found.detail]


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=2000))
def test_the_checksum_is_the_sum_of_the_octets(data: bytes) -> None:
    assert checksum(data, 0, len(data)) == sum(data) & 0xFFFF
    assert checksum(b"\xff" * 300 + data, 300, 300 + len(data)) == sum(data) & 0xFFFF
