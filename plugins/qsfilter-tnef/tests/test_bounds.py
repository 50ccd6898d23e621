"""Bounds and broken streams: reading ends, raises nothing, and what it did not see is never clean."""

from __future__ import annotations

import struct
import time

import pytest
from compressed_rtf import compress
from hypothesis import given, settings
from hypothesis import strategies as st

from qsfilter import Filter, Kind, Limits
from qsfilter.testing import eicar
from qsfilter.testing.documents import attribute, tnef
from qsfilter_tnef import Tnef
from qsfilter_tnef.attributes import checksum

from .tnef_files import (
    BINARY,
    DATA,
    HUGE,
    IMESSAGE,
    LONG,
    OBJECT,
    QUICK,
    RTF,
    STRING,
    UNICODE,
    attached,
    codes,
    mapi_attached,
    members,
    of_message,
    opened,
    prop,
    props,
    rend_data,
)

# --- limits ---------------------------------------------------------------------------------------------------------


def test_very_many_attachments_are_over_the_limit() -> None:
    data = tnef(*[attached(b"%d.txt" % number, b"%d" % number) for number in range(20_001)])
    report = opened(data)
    assert (len(members(report)), codes(report)) == (10_000, ["unscannable over-limit"])
    assert len(members(opened(data, Filter(Tnef(), limits=Limits(members=30_000, parts=30_000))))) == 20_001


def test_very_many_empty_attributes_are_over_the_limit() -> None:
    started = time.monotonic()
    report = opened(tnef(attribute(0x38013, b"") * 1_000_000))
    assert codes(report) == ["unscannable over-limit"]
    assert time.monotonic() - started < QUICK


def test_very_many_properties_are_over_the_limit() -> None:
    started = time.monotonic()
    report = opened(tnef(of_message(struct.pack("<HHI", 3, 0x6000, 0) * 1_000_000, count=1_000_000)))
    assert codes(report) == ["unscannable over-limit"]
    assert time.monotonic() - started < QUICK


@pytest.mark.parametrize("shape", ["attributes", "properties", "values", "garbage"])
def test_headers_that_lie_take_no_more_time_than_others(shape: str) -> None:
    """All of them lead beyond the end, so each could be read as all the rest."""
    data = {
        "attributes": tnef(attribute(0x6800F, b"", length=HUGE) * 200_000),
        "properties": tnef(of_message(prop(DATA, BINARY, b"", length=HUGE) * 200_000)),
        "values": tnef(of_message(struct.pack("<HHI", 0x1102, DATA, HUGE) * 200_000)),
        "garbage": tnef(b"\x0f\x80\x06\x00" * 500_000),
    }[shape]
    started = time.monotonic()
    report = opened(data)
    assert "unscannable corrupt" in codes(report)
    assert sum(map(len, members(report))) <= 2 * len(data)
    assert time.monotonic() - started < QUICK


def test_twenty_messages_in_each_other_reach_the_depth() -> None:
    data = tnef(attached(b"x.com", eicar()))
    for _ in range(20):
        data = tnef(mapi_attached(prop(DATA, OBJECT, IMESSAGE + data)))
    report = opened(data)
    assert codes(report) == ["unscannable over-limit"]
    assert eicar() in members(opened(data, Filter(Tnef(), limits=Limits(depth=30))))


def test_the_budget_for_bytes_ends_the_reading() -> None:
    data = tnef(*[attached(b"%d" % number, bytes(100_000)) for number in range(5)])
    report = opened(data, Filter(Tnef(), limits=Limits(unpacked_bytes=len(data) + 250_000)))
    assert (len(members(report)), codes(report)) == (2, ["unscannable over-limit"])


def test_a_text_beyond_the_budget_is_not_cut_in_silence() -> None:
    data = tnef(of_message(prop(0x1000, UNICODE, "a".encode("utf-16-le") * 50_000)))
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
    return tnef(*pieces), ends


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
