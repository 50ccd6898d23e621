"""Lies about lengths, counts and checksums hide nothing that stands behind them."""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING

import pytest
from compressed_rtf import compress

from qsfilter.testing import eicar
from qsfilter.testing.documents import attribute, tnef
from qsfilter_tnef.rtf import MOST, crc

from .tnef_files import (
    BINARY,
    DATA,
    DISPLAY,
    HUGE,
    LONG,
    QUICK,
    RTF,
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
    from collections.abc import Callable


def test_a_wrong_checksum_hides_nothing() -> None:
    """Some of Outlook's own files have one, so it is no reason to refuse the mail."""
    report = opened(tnef(rend_data(), attribute(0x6800F, eicar(), checksum=1)))
    assert (members(report), codes(report)) == ([eicar()], ["irregular tnef-checksum"])


def test_padding_behind_the_last_attribute_is_nothing() -> None:
    report = opened(tnef(attached(b"a", b"x")) + b"\0\0\r\n")
    assert (members(report), codes(report)) == ([b"x"], [])


def test_what_stands_behind_the_last_attribute_is_a_part() -> None:
    report = opened(tnef(attached(b"a", b"x")) + b"PPP" + eicar())
    assert (members(report), codes(report)) == ([b"PPP" + eicar(), b"x"], ["irregular tnef-trailing-data"])


def test_what_stands_behind_garbage_is_found() -> None:
    data = tnef(attached(b"a", b"x"), b"\x07garbage", attached(b"x.com", eicar()))
    report = opened(data)
    assert {b"x", eicar(), b"\x07garbage"} == set(members(report))
    assert codes(report) == ["unscannable corrupt"]


@pytest.mark.parametrize("code", [0x6800F, 0x69005, 0x69003, 0x18010, 0x38013, 0x12345678])
def test_what_stands_behind_a_huge_attribute_is_found(code: int) -> None:
    """The length leads beyond the end, so a reader that believes it sees nothing else."""
    lie = attribute(code, b"lie!", length=HUGE)
    report = opened(tnef(attached(b"a", b"x"), lie, attached(b"x.com", eicar())))
    assert {b"x", eicar()} <= set(members(report))
    assert ["x.com"] in names(report)
    assert "unscannable corrupt" in codes(report)


def test_content_that_is_shorter_than_it_says_is_scanned() -> None:
    report = opened(tnef(rend_data(), attribute(0x6800F, eicar(), length=HUGE)))
    assert members(report)[0].startswith(eicar())
    assert codes(report) == ["unscannable corrupt"]


def test_an_attribute_of_an_unknown_level_is_read() -> None:
    report = opened(tnef(rend_data(), attribute(0x6800F, eicar(), level=9)))
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
    report = opened(tnef(mapi_attached(lie(), good, count=3)))
    assert eicar() in members(report)
    assert ["x.com"] in names(report)
    assert "unscannable corrupt" in codes(report)


@pytest.mark.parametrize("count", [0, 1, 3, HUGE])
def test_a_wrong_count_of_properties_hides_nothing(count: int) -> None:
    started = time.monotonic()
    data = tnef(mapi_attached(prop(DATA, BINARY, eicar()), prop(LONG, STRING, b"x.com\0"), count=count))
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
        report = opened(tnef(rend_data(), attribute(0x69005, whole_list[:length])))
        assert codes(report) == ["unscannable corrupt"], length
    assert codes(opened(tnef(rend_data(), attribute(0x69005, whole_list)))) == []


def test_a_string_that_is_no_utf_16_hides_nothing_behind_it() -> None:
    bad = prop(DISPLAY, UNICODE, b"\x00\xd8x\0\0")
    report = opened(tnef(mapi_attached(bad, prop(DATA, BINARY, eicar()))))
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
    report = opened(tnef(of_message(prop(0x1009, BINARY, wrong))))
    assert RTF.startswith(members(report)[0][:40])
    assert members(report)[0][:40]
    assert codes(report) == ["unscannable corrupt"]


def test_rtf_that_is_none_is_a_part() -> None:
    report = opened(tnef(of_message(prop(0x1009, BINARY, eicar()))))
    assert (members(report), codes(report)) == ([eicar()], ["unscannable corrupt"])


def test_very_long_rtf_is_no_clean_content() -> None:
    data = rtf_with((MOST + 12, 0), 0, bytes(MOST))
    report = opened(tnef(of_message(prop(0x1009, BINARY, data))))
    assert (members(report), codes(report)) == ([data], ["unscannable over-limit"])


def test_a_very_long_name_is_no_clean_name() -> None:
    report = opened(tnef(attached(b"a" * 10_000 + b".exe", b"x")))
    assert (len(names(report)[0][0]), codes(report)) == (4096, ["unscannable corrupt"])


def test_very_many_names_are_no_clean_names() -> None:
    titles = [attribute(0x18010, b"%d.exe\0" % number) for number in range(1000)]
    report = opened(tnef(rend_data(), *titles))
    assert (len(names(report)[0]), codes(report)) == (64, ["unscannable corrupt"])


@pytest.mark.parametrize("behind", [b"", b"\0", b"\x01\x00", b"\x01\x00" + bytes(60), b"\x01\x00" + b"noise" * 20])
def test_a_signature_with_nothing_behind_it_is_no_clean_content(behind: bytes) -> None:
    assert "unscannable corrupt" in codes(opened(b"\x78\x9f\x3e\x22" + behind))
