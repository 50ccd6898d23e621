"""Broken and hostile documents: what readers repair is repaired, the rest is told, and all of it ends."""

from __future__ import annotations

import logging
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsfilter import Action, Kind
from qsfilter_pdf import Pdf

from .pdf_files import (
    CATALOG,
    FILE,
    IN_NAMES,
    PAGES,
    PROGRAM,
    deflated,
    document,
    examined,
    found,
    holding,
    in_object_stream,
    members,
    stream,
)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-30],
        lambda data: data + bytes(5000),
        lambda data: data.replace(b"startxref\n", b"startxref\n9"),
        lambda data: data[:9] + b"% moved\n" + data[9:],
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"/Length", b"/Lungth"),
        lambda data: data.replace(b"/Root 1 0 R", b""),
    ],
    ids=["cut", "padded", "no table there", "moved", "line ends", "no length", "no root"],
)
def test_what_readers_repair_is_repaired(change: object) -> None:
    """Honest documents are often slightly broken."""
    data = change(holding(stream(PROGRAM[:60])))  # type: ignore[operator]  # one of the above
    assert [content[:60] for content, _ in members(examined(data))] == [PROGRAM[:60]]


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(range(256)) * 40, holding(b"null")[:200]])
def test_a_document_that_can_not_be_read_is_told_and_passes(data: bytes) -> None:
    """The scanners are given it whole."""
    report = examined(data)
    assert [str(one) for one in report.findings] == ["irregular pdf-unreadable"]
    assert report.decision.action is Action.ACCEPT


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[: data.index(b"xref")],
        lambda data: data[: data.index(b"trailer")],
        lambda data: data[: data.index(b"xref")].replace(b" obj", b"\tobj"),
        lambda data: data[: data.index(b"xref")].replace(b"/Catalog", b"/Cottage"),
    ],
    ids=["no table", "no trailer", "tabs", "no catalog"],
)
def test_what_other_readers_rebuild_is_told_and_has_its_files_taken_out(change: object) -> None:
    """With the names that are found."""
    report = examined(change(holding(deflated(PROGRAM))))  # type: ignore[operator]  # one of the above
    assert members(report) == [(PROGRAM, ["new.exe", "old.exe", "tree.exe"])]
    assert [str(one) for one in report.findings] == ["irregular pdf-unreadable"]


def test_an_embedded_file_in_a_rebuilt_document_may_stand_alone() -> None:
    """Nothing may lead to it that is known."""
    data = holding(deflated(PROGRAM).replace(b"<<", b"<</Type/EmbeddedFile")).replace(b"/EF", b"/Ef")
    report = examined(data[: data.index(b"xref")])
    assert members(report) == [(PROGRAM, [])]


def test_objects_in_streams_of_a_rebuilt_document_are_found() -> None:
    """All of them."""
    data = in_object_stream({1: CATALOG % b"/OpenAction<</S/JavaScript/JS(x)>>", **PAGES})
    assert found(data[: data.index(b"/Type/XRef") - 20]) == ["irregular pdf-unreadable", "note pdf-javascript"]


@pytest.mark.parametrize("most", [1 << 20, 70 << 20, 100 << 20])
def test_a_file_that_is_inflated_twice_is_whole_or_cut(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """A large one is measured first."""
    from qsfilter_pdf import files

    monkeypatch.setattr(files, "HELD", 300_000)
    data = bytes(range(256)) * 12_000
    held, trouble, over = files._inflated(zlib.compress(data), most >> 5)
    assert (held == data, trouble, over) == (most >> 5 >= len(data), "", most >> 5 < len(data))
    assert data.startswith(held)


@pytest.mark.parametrize("cut", [1, 4, 40])
def test_what_a_broken_file_holds_is_scanned(cut: int) -> None:
    """Up to where it breaks, to the byte."""
    packed = zlib.compress(PROGRAM * 5, 0)
    report = examined(holding(stream(packed[:-cut] + b"\xff" * cut, b"/Filter/FlateDecode")))
    assert members(report)[0][0].startswith(PROGRAM * 4)
    assert "unscannable corrupt" in [str(one) for one in report.findings]


@pytest.mark.parametrize("embedded", [stream(zlib.compress(bytes(5000))[:-9], b"/Filter/FlateDecode"), b"<<>>", b"7"])
def test_a_file_that_can_not_be_read_is_unscannable(embedded: bytes) -> None:
    """Its names go to the rules in any case."""
    report = examined(holding(embedded))
    assert [str(one) for one in report.findings] == ["unscannable corrupt"]
    assert members(report)[0][1] == ["new.exe", "old.exe", "tree.exe"]


def test_a_file_behind_a_filter_for_pictures_is_told_and_given_as_it_is() -> None:
    """No reader would save it."""
    report = examined(holding(stream(PROGRAM, b"/Filter/JBIG2Decode")))
    assert [str(one) for one in report.findings] == ["unscannable unknown-coding"]
    assert members(report)[0][0] == PROGRAM


def test_no_program_is_ever_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pypdf would, for objects behind a filter of that name."""
    import pypdf

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a program was started")

    monkeypatch.setattr("subprocess.run", refuse)
    objects = {1: CATALOG % IN_NAMES, **PAGES, 4: FILE, 5: b"null"}
    with pypdf.apply_configuration(jbig2dec_binary="/bin/true"):
        examined(in_object_stream(objects, b"/Filter/JBIG2Decode"))
        examined(holding(stream(PROGRAM, b"/Filter/JBIG2Decode")))
        assert pypdf.get_configuration().jbig2dec_binary == "/bin/true"


def test_a_file_inflates_within_the_budget() -> None:
    """And not a step beyond."""
    report = examined(holding(deflated(bytes(50 << 20))), unpacked_bytes=1 << 20)
    assert [str(one) for one in report.findings] == ["unscannable over-limit"]


@pytest.mark.parametrize("table", [True, False])
def test_streams_in_each_other_are_over_a_limit(table: bool) -> None:
    """Each would be kept, and all of them together are many times the document."""
    opening, count, rest = b"%d 0 obj\n<</Length %09d>>\nstream\n", 100, b"x" * 200_000
    lengths = [len(opening % (number, 0)) for number in range(4, count)]
    lines = [opening % (number, sum(lengths[number - 3 :]) + len(rest)) for number in range(4, count)]
    catalog = CATALOG % (b"/AF[%b]" % b" ".join(b"%d 0 R" % number for number in range(4, count)))
    head = b"%PDF-1.7\n1 0 obj\n" + catalog + b"\nendobj\n"
    data = head + b"".join(lines) + rest + b"\nendstream\nendobj\n"
    if table:
        places = [9, 0, 0, *(len(head) + sum(lengths[:number]) for number in range(len(lengths)))]
        rows = b"".join(b"%010d 00000 n \n" % place for place in places)
        data += b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
            count, rows, count, len(data),
        )  # fmt: skip
    assert "unscannable over-limit" in found(data)


def test_object_streams_together_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them is below pypdf's own."""
    from qsfilter_pdf import bounded_reader

    monkeypatch.setattr(bounded_reader, "MOST_INFLATED", 1 << 20)
    data = in_object_stream({1: CATALOG % b"", **PAGES}, padding=bytes(2 << 20))
    assert found(data) == ["unscannable over-limit"]


def test_objects_that_inflate_without_end_are_over_a_limit() -> None:
    """Pypdf stops at 75 MB."""
    started = time.process_time()
    assert found(in_object_stream({1: CATALOG % b"", **PAGES}, padding=bytes(90 << 20))) == ["unscannable over-limit"]
    assert time.process_time() - started < 30


@pytest.mark.parametrize(
    "objects",
    [
        {1: CATALOG % b"/Names<</EmbeddedFiles 4 0 R>>", **PAGES, 4: b"<</Kids[4 0 R 4 0 R 1 0 R]>>"},
        {1: CATALOG % b"", 2: b"<</Kids[2 0 R 2 0 R]/Count 9>>"},
        {1: CATALOG % b"/OpenAction 4 0 R", **PAGES, 4: b"<</S/GoTo/Next 4 0 R>>"},
    ],
)
def test_rings_end(objects: dict[int, bytes]) -> None:
    """Each object is visited once."""
    assert found(document(objects)) == []


def test_more_objects_than_are_visited_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document of any size is not read for ever."""
    monkeypatch.setattr("qsfilter_pdf.walk.MOST", 10)
    pages = dict.fromkeys(range(3, 20), b"<</Type/Page>>")
    kids = b" ".join(b"%d 0 R" % number for number in pages)
    data = document({1: CATALOG % b"", 2: b"<</Kids[%b]>>" % kids, **pages})
    assert found(data) == ["unscannable over-limit"]


def test_a_document_that_takes_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time is an option."""
    monkeypatch.setattr("qsfilter_pdf.files.content", lambda *_: (time.sleep(0.02), (b"x", "", False))[1])
    specifications = b"".join(b"<</F(%d)/EF<</F 5 0 R>>>>" % number for number in range(50))
    data = document({1: CATALOG % (b"/AF[%b]" % specifications), **PAGES, 5: deflated(PROGRAM)})
    report = examined(data, Pdf(seconds=0.1))
    assert [str(one) for one in report.findings] == ["unscannable over-limit"]
    assert 0 < len(members(report)) < 50


def test_a_repair_that_takes_too_long_is_told() -> None:
    """Pypdf looks through all objects for the end of each."""
    data = b"%PDF-1.7\n" + b"".join(b"%d 0 obj\n<</Length 10>>\nstream\n" % number for number in range(1, 30_000))
    started = time.process_time()
    assert found(data, Pdf(seconds=0.5)) == ["unscannable over-limit"]
    assert time.process_time() - started < 20


@pytest.mark.parametrize("opening", [b"[", b"<</A", b"(", b"1 0 obj ", b"<<", b"%"])
def test_deep_and_endless_objects_cost_no_stack(opening: bytes) -> None:
    """Whatever is told of them."""
    report = examined(document({1: b"<</Type/Catalog/Pages 2 0 R/X " + opening * 50_000, **PAGES}))
    assert not [one for one in report.findings if one.kind is Kind.FAILURE]


@settings(max_examples=40)
@given(st.data())
def test_no_change_of_an_octet_makes_it_fail(data: st.DataObject) -> None:
    """Findings, and nothing else."""
    raw = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(9, len(raw) - 1))] = data.draw(st.integers(0, 255))
    report = examined(bytes(raw[: data.draw(st.integers(9, len(raw)))]))
    assert not [one for one in report.findings if one.kind is Kind.FAILURE]


def test_pypdf_says_nothing_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    """A program that calls us would take it for ours."""
    examined(holding(deflated(PROGRAM)).replace(b"startxref\n", b"startxref\n9"))
    assert capfd.readouterr().err == ""
    assert any(isinstance(one, logging.NullHandler) for one in logging.getLogger("pypdf").handlers)


SAMPLE = document(
    {
        1: CATALOG % (IN_NAMES + b"/OpenAction<</S/JavaScript/JS(x)>>"),
        **PAGES,
        4: FILE,
        5: deflated(PROGRAM * 3),
    }
)
