"""Attachments with all their names, bodies, embedded messages: what honest writers make is taken out."""

from __future__ import annotations

import mmap
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest
from compressed_rtf import compress

from qsfilter import Blob, Envelope, Limits, Part, pipeline
from qsfilter import Path as PartPath
from qsfilter.testing import attachment, eicar, examine, message, zip_of
from qsfilter.testing.contract import PluginContract
from qsfilter.testing.documents import attribute, tnef
from qsfilter_tnef import Tnef

from .tnef_files import (
    BINARY,
    DATA,
    DISPLAY,
    IMESSAGE,
    ISTORAGE,
    LONG,
    MIME_TAG,
    OBJECT,
    PLAIN,
    RTF,
    SHORT,
    STRING,
    UNICODE,
    attached,
    codes,
    mapi_attached,
    members,
    names,
    of_message,
    opened,
    prop,
    props,
    rend_data,
)

if TYPE_CHECKING:
    from pathlib import Path


class TestContract(PluginContract):
    """What every plugin passes."""

    def make(self) -> object:
        """Make one as it is by default."""
        return Tnef()


def test_an_attachment_is_a_part() -> None:
    report = opened(tnef(attached(b"x.com", eicar())))
    assert (members(report), names(report), codes(report)) == ([eicar()], [["x.com"]], [])


def test_the_name_of_the_file_does_not_matter() -> None:
    report = examine(PLAIN, message(attachment(tnef(attached(b"x.com", b"x")), "a.jpg", "image/jpeg")))
    assert members(report) == [b"x"]


def test_the_path_of_an_attachment_names_it() -> None:
    report = opened(tnef(attached(b"x.com", b"x")))
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
    report = opened(tnef(properties, attribute(0x18010, b"TITLE.COM\0")))
    expected = "länger.exe SHORT~1.EXE TITLE.COM transport.bat shown.txt .scr C:\\path.pif"
    assert (members(report), names(report)) == ([b"content"], [expected.split()])


def test_names_may_stand_behind_the_content() -> None:
    data = tnef(
        rend_data(), attribute(0x6800F, b"one"), attribute(0x18010, b"1.txt\0"),
        rend_data(), attribute(0x6800F, b"two"), attribute(0x18010, b"2.txt\0"),
    )  # fmt: skip
    assert (members(opened(data)), names(opened(data))) == ([b"one", b"two"], [["1.txt"], ["2.txt"]])


def test_a_name_is_read_in_the_code_page_of_the_stream_and_as_it_stands() -> None:
    data = tnef(
        attribute(0x69007, struct.pack("<II", 1251, 0), level=1),
        attached("счёт.exe".encode("cp1251"), b""),
    )
    assert names(opened(data)) == [["счёт.exe", "счёт.exe".encode("cp1251").decode("latin-1")]]


@pytest.mark.parametrize("page", [0, 37, 65000, 99999, 0xFFFFFFFF])
def test_no_code_page_hides_a_name(page: int) -> None:
    codepage = attribute(0x69007, struct.pack("<II", page, 0), level=1)
    assert "x.exe" in names(opened(tnef(codepage, attached(b"x.exe", b""))))[0]


def test_an_attachment_without_a_name_is_a_part() -> None:
    report = opened(tnef(rend_data(), attribute(0x6800F, b"x")))
    assert (members(report), names(report), codes(report)) == ([b"x"], [[]], [])


def test_an_attachment_without_content_is_there_for_its_name() -> None:
    report = opened(tnef(rend_data(), attribute(0x18010, b"x.exe\0")))
    assert (members(report), names(report)) == ([b""], [["x.exe"]])


def test_two_attachments_of_one_name_are_two_parts() -> None:
    report = opened(tnef(attached(b"a", b"one"), attached(b"a", b"two")))
    assert members(report) == [b"one", b"two"]


def test_two_contents_of_one_attachment_are_two_parts() -> None:
    both = attached(b"a.exe", b"one") + attribute(0x69005, props(prop(DATA, BINARY, b"two")))
    report = opened(tnef(both))
    assert (members(report), names(report)) == ([b"one", b"two"], [["a.exe"], ["a.exe"]])


def test_content_keeps_its_last_octets() -> None:
    """A NUL at the end is content, and what fills a property up to four octets is not."""
    report = opened(tnef(mapi_attached(prop(DATA, BINARY, b"x\0\0\0\0"))))
    assert members(report) == [b"x\0\0\0\0"]


def test_the_media_type_of_an_attachment_is_declared() -> None:
    data = tnef(mapi_attached(prop(MIME_TAG, STRING, b"Image/PNG; x=y\0"), prop(DATA, BINARY, b"\x89PNG")))
    assert [one.declared for one in opened(data).message.parts][-1] == "image/png"


def test_bodies_are_parts() -> None:
    data = tnef(
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
    report = opened(tnef(of_message(prop(0x1009, BINARY, compress(RTF, compressed=False)))))
    assert (members(report), codes(report)) == ([RTF], [])


def test_the_pictures_that_stand_for_attachments_are_parts() -> None:
    data = tnef(
        attached(b"a", b"x"),
        attribute(0x68011, b"picture"),
        attribute(0x69005, props(prop(0x3709, BINARY, b"icon"))),
    )
    assert sorted(members(opened(data))) == [b"icon", b"picture", b"x"]


def test_an_embedded_message_is_opened() -> None:
    inner = tnef(attached(b"x.com", eicar()))
    embedded = mapi_attached(prop(DISPLAY, STRING, b"Fwd: hello\0"), prop(DATA, OBJECT, IMESSAGE + inner))
    report = opened(tnef(embedded))
    assert members(report) == [inner, eicar()]
    assert [str(one.path) for one in report.message.parts][-1] == '1.2 > "winmail.dat" > "Fwd: hello" > "x.com"'


def test_an_ole_object_is_a_part_without_the_guid_in_front() -> None:
    report = opened(tnef(mapi_attached(prop(DATA, OBJECT, ISTORAGE + b"object"))))
    assert members(report) == [b"object"]


def test_an_object_of_an_unknown_interface_is_read_with_and_without_its_guid() -> None:
    report = opened(tnef(mapi_attached(prop(DATA, OBJECT, b"0123456789abcdef" + eicar()))))
    assert members(report) == [b"0123456789abcdef" + eicar(), eicar()]


def test_an_object_of_a_wrong_type_is_read_with_and_without_its_guid() -> None:
    inner = tnef(attached(b"x.com", eicar()))
    report = opened(tnef(mapi_attached(prop(DATA, BINARY, IMESSAGE + inner))))
    assert members(report) == [IMESSAGE + inner, inner, eicar()]


def test_a_stream_that_stands_verbatim_in_the_message_is_opened(tmp_path: Path) -> None:
    """The message is a mapped file, and nothing of it is copied before somebody asks."""
    data = tnef(of_message(prop(0x1000, UNICODE, b"t\0")), attached(b"x.com", eicar()))
    (tmp_path / "message").write_bytes(b"front" + data + b"behind")
    with (tmp_path / "message").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        blob = Blob(mapped, (5, 5 + len(data)))
        context = pipeline.context(Limits(), b"", Envelope(sender=b"", recipients=()))
        found = list(Tnef().unpack(Part(path=PartPath(), blob=blob, origin="mime"), context))
        assert [one.data if isinstance(one.data, bytes) else one.data.data for one in found] == [b"t", eicar()]


def test_an_archive_in_an_attachment_is_opened() -> None:
    report = opened(tnef(attached(b"a.zip", zip_of({"x.exe": eicar()}, compression=zipfile.ZIP_STORED))))
    assert [str(one.path) for one in report.message.parts][-1] == '1.2 > "winmail.dat" > "a.zip" > "x.exe"'


def test_named_and_multiple_properties_are_passed_over() -> None:
    guid = bytes(range(16))
    number, text = guid + struct.pack("<II", 0, 7), guid + struct.pack("<II", 1, 6) + b"n\0a\0\0\0\0\0"
    data = tnef(
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
    data = tnef(mapi_attached(short, prop(DATA, BINARY, b"found")))
    assert (members(opened(data)), codes(opened(data))) == ([b"found"], [])
