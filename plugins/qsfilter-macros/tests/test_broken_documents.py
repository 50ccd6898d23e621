"""Broken and hostile compound files and packages: told at once, and what can be read is."""

from __future__ import annotations

import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Kind
from qsfilter.testing import zip_of
from qsfilter.testing.documents import compound
from qsfilter_macros import embedded, opc

from .office_files import PROGRAM, VBA, examined, found, members, package, sheet, word, workbook


def changed(offset: int, form: str, value: int) -> bytes:
    """Return a compound file with one field changed."""
    data = bytearray(compound({"a": bytes(5000), "b": bytes(100)}))
    struct.pack_into(form, data, offset, value)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        compound({"a": b"b"})[:100],
        compound({"a": b"b"})[:600],
        changed(30, "<H", 0xFFFF),
        changed(30, "<H", 0),
        changed(32, "<H", 0xFFFF),
        changed(44, "<I", 0xFFFFFFFF),
        changed(64, "<I", 0xFFFFFFFF),
        changed(72, "<I", 0xFFFFFFFF),
        changed(48, "<I", 0xFFFFFF00),
        changed(76, "<I", 0xFFFFFF00),
    ],
)
def test_a_broken_file_is_unscannable_at_once(data: bytes) -> None:
    """Whatever its header counts."""
    started = time.process_time()
    assert found(data) == ["unscannable corrupt"]
    assert time.process_time() - started < 2


def test_a_chain_that_is_a_ring_ends() -> None:
    """At the size of the file, whatever size the stream has."""
    data = bytearray(compound({"a": PROGRAM + bytes(5000)}))
    (table,) = struct.unpack_from("<I", data, 76)
    struct.pack_into("<I", data, 512 * (table + 1), 0)  # the first sector follows itself
    row = data.index("a".encode("utf-16-le") + bytes(62))
    struct.pack_into("<I", data, row + 120, 0xFFFFFFF0)
    ((content, _),) = members(examined(bytes(data)))
    assert len(content) <= len(data)


def test_streams_that_overlap_are_refused() -> None:
    """A small file can't ask for any amount of work."""
    data = bytearray(compound({f"s{number:03}": PROGRAM + bytes(5000) for number in range(50)}))
    first = struct.unpack_from("<I", data, data.index("s000".encode("utf-16-le")) + 116)
    size = len(data)
    for number in range(50):
        row = data.index(f"s{number:03}".encode("utf-16-le"))
        struct.pack_into("<I", data, row + 116, *first)
    assert len(data) == size
    # Nothing beyond twice the file's size is read; here that is not reached, as all have the size they had.
    assert len(members(examined(bytes(data)))) == 50
    (table,) = struct.unpack_from("<I", data, 76)
    struct.pack_into("<I", data, 512 * (table + 1) + 4 * first[0], first[0])
    for number in range(50):
        row = data.index(f"s{number:03}".encode("utf-16-le"))
        struct.pack_into("<I", data, row + 120, len(data))
    assert "unscannable over-limit" in found(bytes(data))


def test_a_directory_that_is_one_long_list_costs_no_stack() -> None:
    """A tree need not be balanced."""
    tree = {f"s{number}": b"x" for number in range(3000)} | {"\x01Ole10Native": package(PROGRAM)}
    assert [data for data, _ in members(examined(compound(tree)))] == [PROGRAM]


def test_deep_storages_cost_no_stack() -> None:
    """Nor memory for their paths."""
    data = bytearray(compound({f"s{number:04}": {} for number in range(2000)} | {"\x01Ole10Native": package(PROGRAM)}))
    for number in range(1999):  # each in the one before it
        row = data.index(f"s{number:04}".encode("utf-16-le"))
        (following,) = struct.unpack_from("<I", data, row + 72)
        struct.pack_into("<II", data, row + 72, 0xFFFFFFFF, following)
    assert [content for content, _ in members(examined(bytes(data)))] == [PROGRAM]


def test_what_was_found_before_the_file_broke_stays() -> None:
    """Its directory is read first."""
    data = bytearray(compound({"VBA": VBA["VBA"], "z": b"x" * 100}))
    struct.pack_into("<I", data, 60, 0xFFFFFFF0)  # the table of the small streams is nowhere
    assert "policy macro-vba" in found(bytes(data))


def test_one_stream_that_can_not_be_read_hides_no_other() -> None:
    """Small ones lie in a table that may be broken; large ones do not."""
    data = bytearray(compound({"a": b"x" * 100, "z": PROGRAM + bytes(5000)}))
    struct.pack_into("<II", data, 60, len(data) // 512 - 1, 1)
    report = examined(bytes(data) + b"cut")
    assert [content for content, _ in members(report)] == [PROGRAM + bytes(5000)]
    assert [str(one) for one in report.findings] == ["unscannable corrupt"]


@given(st.data())
def test_no_change_of_an_octet_makes_it_fail_or_hang(data: st.DataObject) -> None:
    """Findings, and nothing else."""
    raw = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.one_of(st.integers(0, 511), st.integers(0, len(raw) - 1)))
        raw[at] = data.draw(st.integers(0, 255))
    report = examined(bytes(raw[: data.draw(st.integers(0, len(raw)))]))
    assert not [one for one in report.findings if one.kind is Kind.FAILURE]


@given(st.binary(max_size=400))
def test_no_stream_makes_the_readers_of_streams_raise(stream: bytes) -> None:
    """They take anything."""
    from qsfilter_macros import office

    embedded.native(stream)
    embedded.native(stream[:4] + b"\x02\0" + stream[4:])
    assert sum(len(data) for data, _ in embedded.objects(stream, 1000)) <= 1001 * 50
    embedded.is_file(stream)
    office.sheets(stream)


@given(st.binary(max_size=300))
def test_no_part_of_a_package_makes_its_reader_raise(data: bytes) -> None:
    """It is broken, or it is read."""
    for start in (b"", b"<Relationships>", b"<Types>"):
        opc.pulls(start + data)


SAMPLE = compound(
    {
        "WordDocument": word(),
        "Workbook": workbook(sheet("a", 1)),
        "Macros": VBA,
        "\x01Ole10Native": package(PROGRAM),
        "Package": zip_of({"a": bytes(5000)}) + bytes(5000),
    }
)
