"""Embedded files of PDF documents, and what they do when they are opened."""

from __future__ import annotations

import io
import logging
import sys
import time
import zlib
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsfilter import Action, ConfigError, Filter, Kind, Limits
from qsfilter.options import make
from qsfilter.testing import attachment, examine, message, part, zip_of
from qsfilter.testing.contract import PluginContract
from qsfilter_pdf import Pdf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qsfilter import Report

PAGES = {2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"}
CATALOG = b"<</Type/Catalog/Pages 2 0 R%b>>"
IN_NAMES = b"/Names<</EmbeddedFiles<</Names[(tree.exe)4 0 R]>>>>"
FILE = b"<</Type/Filespec/F(old.exe)/UF(new.exe)/EF<</F 5 0 R/UF 5 0 R>>>>"
PROGRAM = b"MZ" + bytes(range(32, 132))
TESTFILES = Path("/usr/share/clamav-testfiles")


def stream(data: bytes, keys: bytes = b"") -> bytes:
    """Return a stream object."""
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(data), keys, data)


def deflated(data: bytes) -> bytes:
    """Return a stream object that is deflated."""
    return stream(zlib.compress(data, 9), b"/Filter/FlateDecode")


def document(objects: Mapping[int, bytes], *, trailer: bytes = b"") -> bytes:
    """Return a document with OBJECTS; number 1 is the catalog."""
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start, size = len(out), max(objects) + 1
    rows = b"".join(b"%010d 00000 n \n" % places.get(number, 0) for number in range(1, size))
    out += b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root 1 0 R%b>>\n" % (size, rows, size, trailer)
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start


def holding(embedded: bytes) -> bytes:
    """Return a document with one file, the object EMBEDDED."""
    return document({1: CATALOG % IN_NAMES, **PAGES, 4: FILE, 5: embedded})


def in_object_stream(objects: Mapping[int, bytes], keys: bytes = b"", padding: bytes = b"") -> bytes:
    """Return a document whose OBJECTS (1 to n) are in one object stream, coded as KEYS say."""
    head, body = b"", b""
    for number, content in objects.items():
        head += b"%d %d " % (number, len(body))
        body += content + b" "
    packed = head + body + padding
    packed = packed if keys else zlib.compress(packed, 9)
    count = len(objects)
    keys = keys or b"/Filter/FlateDecode"
    out = bytearray(b"%PDF-1.7\n")
    first = len(out)
    out += b"%d 0 obj\n" % (count + 1)
    out += stream(packed, b"/Type/ObjStm/N %d/First %d%b" % (count, len(head), keys)) + b"\nendobj\n"
    second = len(out)
    rows = bytes(6) + b"".join(b"\2" + (count + 1).to_bytes(4) + bytes((index,)) for index in range(count))
    rows += b"\1" + first.to_bytes(4) + b"\0\1" + second.to_bytes(4) + b"\0"
    table = stream(rows, b"/Type/XRef/W[1 4 1]/Size %d/Root 1 0 R" % (count + 3))
    out += b"%d 0 obj\n%b\nendobj\n" % (count + 2, table)
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % second


def examined(data: bytes, plugin: object = None, **limits: int) -> Report:
    """Examine a message with DATA attached."""
    chosen = Filter(plugin or Pdf(), limits=Limits(**limits))
    chosen.start()
    return examine(chosen, message(part(b"text"), attachment(data, "a.pdf")))


def found(data: bytes, plugin: object = None) -> list[str]:
    """Return what is found in DATA."""
    return [str(one) for one in examined(data, plugin).findings]


def members(report: Report) -> list[tuple[bytes, list[str]]]:
    """Return content and names of what was taken out."""
    parts = [one for one in report.message.parts if one.origin == "pdf"]
    return [(one.blob.data, [name.text for name in one.names]) for one in parts]


class TestContract(PluginContract):
    """What every plugin passes."""

    def make(self) -> object:
        """Make one as it is by default."""
        return Pdf()


# --- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "embedded",
    [
        stream(PROGRAM),
        deflated(PROGRAM),
        stream(PROGRAM.hex().encode() + b">", b"/Filter/ASCIIHexDecode"),
        stream(zlib.compress(PROGRAM).hex().encode() + b">", b"/Filter[/AHx/Fl]"),
    ],
    ids=["plain", "deflated", "hex", "both"],
)
def test_an_embedded_file_is_taken_out_with_all_its_names(embedded: bytes) -> None:
    """Those in its specification, and that in the tree of names."""
    report = examined(holding(embedded))
    assert members(report) == [(PROGRAM, ["new.exe", "old.exe", "tree.exe"])]
    assert [str(one) for one in report.findings] == []


@pytest.mark.parametrize(
    "objects",
    [
        {1: CATALOG % b"/AF[4 0 R]", **PAGES},
        {1: CATALOG % b"/Names<</EmbeddedFiles<</Kids[<</Names[(x)4 0 R]>>]>>>>", **PAGES},
        {1: CATALOG % b"", **PAGES, 3: b"<</Type/Page/Annots[<</Subtype/FileAttachment/FS 4 0 R>>]>>"},
        {1: CATALOG % b"", **PAGES, 3: b"<</Annots[<</RichMediaContent<</Assets<</Names[(x)4 0 R]>>>>>>]>>"},
    ],
    ids=["associated", "kids", "page", "rich media"],
)
def test_a_file_is_found_wherever_a_reader_would_show_it(objects: dict[int, bytes]) -> None:
    """Not only in the tree of names."""
    assert [data for data, _ in members(examined(document({**objects, 4: FILE, 5: deflated(PROGRAM)})))] == [PROGRAM]


def test_what_is_in_object_streams_is_found() -> None:
    """Most writers compress their objects."""
    objects = {1: CATALOG % b"/AF[<</F(x.exe)>>]/OpenAction<</S/JavaScript/JS(x)>>", **PAGES}
    assert found(in_object_stream(objects)) == ["note pdf-javascript"]


def test_an_archive_in_a_document_is_opened() -> None:
    """It is one tree."""
    report = examined(holding(deflated(zip_of({"x.exe": PROGRAM}))))
    assert '1.2 > "a.pdf" > "new.exe" > "x.exe"' in {str(one.path) for one in report.message.parts}


def test_one_file_under_two_names_is_two_parts() -> None:
    """Each name goes to the rules."""
    names = b"/AF[<</F(a.txt)/EF<</F 5 0 R>>>> <</F(b.exe)/EF<</F 5 0 R>>>>]"
    report = examined(document({1: CATALOG % names, **PAGES, 5: deflated(PROGRAM)}))
    assert sorted(names for _, names in members(report)) == [["a.txt"], ["b.exe"]]


def test_a_specification_without_a_file_is_nothing() -> None:
    """A link to one outside."""
    assert members(examined(document({1: CATALOG % b"/AF[<</F(x.exe)>>]", **PAGES}))) == []


def test_a_document_may_begin_behind_other_octets() -> None:
    """Readers look for its first line."""
    assert len(members(examined(b"junk\r\n" * 20 + holding(deflated(PROGRAM))))) == 1


def test_a_first_line_that_stands_somewhere_by_chance_is_nothing() -> None:
    """Only at the very start is it a promise."""
    assert found(b"a mail about %PDF-1.4 and its first line") == []


# --- what a document does -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "catalog",
    [
        b"/OpenAction<</S/JavaScript/JS(app.alert)>>",
        b"/AA<</WC<</S/JavaScript/JS(x)>>>>",
        b"/Names<</JavaScript<</Names[(x)<</S/JavaScript/JS(x)>>]>>>>",
        b"/AcroForm<</Fields[<</AA<</K<</S/JavaScript/JS(x)>>>>>>]>>",
        b"/OpenAction<</S/GoTo/D[0]/Next<</S/JavaScript/JS(x)>>>>",
        b"/Outlines<</First<</A<</S/JavaScript/JS(x)>>>>>>",
    ],
)
def test_javascript_is_a_note(catalog: bytes) -> None:
    """Wherever it hangs; once for each document."""
    report = examined(document({1: CATALOG % catalog, **PAGES}))
    assert [str(one) for one in report.findings] == ["note pdf-javascript"]
    assert report.decision.action is Action.ACCEPT


def test_javascript_can_be_blocked() -> None:
    """By an option."""
    data = document({1: CATALOG % b"/OpenAction<</S/JavaScript/JS(x)>>", **PAGES})
    assert found(data, Pdf(block=("pdf-javascript",))) == ["policy pdf-javascript"]


def test_starting_a_program_is_blocked() -> None:
    """No honest document does it."""
    assert found(document({1: CATALOG % b"/OpenAction<</S/Launch/F(cmd.exe)>>", **PAGES})) == ["policy pdf-launch"]


@pytest.mark.parametrize("catalog", [b"", b"/OpenAction[3 0 R/Fit]", b"/OpenAction<</S/URI/URI(http://x)>>"])
def test_honest_documents_are_nothing(catalog: bytes) -> None:
    """Pages, and where to begin."""
    assert found(document({1: CATALOG % catalog, **PAGES})) == []


# --- passwords ------------------------------------------------------------------------------------------------------


def locked(password: str) -> bytes:
    """Return a document with a file that PASSWORD opens."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(9, 9)
    writer.add_attachment("a.exe", PROGRAM)
    writer.encrypt(password, "owner", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_a_document_with_a_password_is_unscannable() -> None:
    """It is not clean."""
    assert found(locked("secret")) == ["unscannable encrypted"]


def test_a_document_that_only_its_owner_may_print_is_opened() -> None:
    """Its user needs no password."""
    report = examined(locked(""))
    assert members(report) == [(PROGRAM, ["a.exe"])]
    assert [str(one) for one in report.findings] == []


# --- broken and hostile documents -----------------------------------------------------------------------------------


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


# --- what others wrote ----------------------------------------------------------------------------------------------


@pytest.mark.servers
def test_clam_exe_is_found_in_a_document() -> None:
    """Octet for octet."""
    expected = (TESTFILES / "clam.exe").read_bytes()
    assert [data for data, _ in members(examined((TESTFILES / "clam.pdf").read_bytes()))] == [expected]


# --- about, check, options ------------------------------------------------------------------------------------------


def test_it_says_the_version_of_pypdf() -> None:
    """It reads the documents."""
    about = Pdf().about()
    assert (about.name, about.version, about.engine) == ("pdf", metadata.version("pypdf"), False)


def test_check_says_what_can_not_be_decrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A warning, where the library is missing."""
    monkeypatch.setattr("pypdf._crypt_providers.crypt_provider", ("local_crypt_fallback", "0"))
    (problem,) = Pdf().check()
    assert "cryptography" in problem.mend
    assert not problem.fatal
    monkeypatch.setattr("pypdf._crypt_providers.crypt_provider", ("cryptography", "43"))
    assert list(Pdf().check()) == []


def test_check_says_that_pypdf_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its bounds, no document is opened."""
    monkeypatch.delattr("pypdf.apply_configuration")
    (problem,) = Pdf().check()
    assert problem.fatal
    assert "too old" in problem.text


def test_without_pypdf_mail_waits_and_check_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plugin that could not start has not said anything."""
    monkeypatch.setitem(sys.modules, "pypdf", None)
    (problem,) = Pdf().check()
    assert "pypdf" in problem.text
    assert Pdf().about().version == ""
    assert examined(b"x").decision.action is Action.DEFER


@pytest.mark.parametrize(
    ("table", "error"),
    [
        ({"block": ["javascript"]}, "x: block: takes a list of pdf-javascript, pdf-launch"),
        ({"seconds": 0}, "x: seconds: takes a number above 0"),
    ],
)
def test_a_wrong_option_is_refused(table: dict[str, object], error: str) -> None:
    """With its place."""
    with pytest.raises(ConfigError) as caught:
        make(Pdf, table, "x")
    assert str(caught.value) == error


def test_it_is_found_by_its_name() -> None:
    """As a configuration names it."""
    (point,) = metadata.entry_points(group="qsfilter", name="pdf")
    assert point.load() is Pdf


SAMPLE = document(
    {
        1: CATALOG % (IN_NAMES + b"/OpenAction<</S/JavaScript/JS(x)>>"),
        **PAGES,
        4: FILE,
        5: deflated(PROGRAM * 3),
    }
)
