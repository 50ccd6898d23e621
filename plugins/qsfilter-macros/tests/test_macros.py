"""Office documents: macros, what is loaded from elsewhere, and the files in them."""

from __future__ import annotations

import importlib.util
import struct
import sys
import time
import zlib
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Action, Blob, ConfigError, Filter, Kind, Limits
from qsfilter.options import make
from qsfilter.testing import attachment, eicar, examine, message, part, zip_of
from qsfilter.testing.contract import PluginContract
from qsfilter_macros import FINDINGS, Macros, embedded, opc

if TYPE_CHECKING:
    from qsfilter import Report

_SPEC = importlib.util.spec_from_file_location("compound_files", Path(__file__).with_name("compound_files.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
_FILES = importlib.util.module_from_spec(_SPEC)
sys.modules["compound_files"] = _FILES
_SPEC.loader.exec_module(_FILES)
compound = _FILES.compound

PROGRAM = b"MZ" + bytes(100)
VBA = {"VBA": {"dir": b"\x01\xb0", "_VBA_PROJECT": b"\xcc\x61"}, "PROJECT": b"ID={}"}
TESTFILES = Path("/usr/share/clamav-testfiles")
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def examined(data: bytes, plugin: object = None, name: str = "a.bin", **limits: int) -> Report:
    """Examine a message with DATA attached."""
    chosen = Filter(plugin or Macros(), limits=Limits(**limits))
    chosen.start()
    return examine(chosen, message(part(b"text"), attachment(data, name)))


def found(data: bytes, plugin: object = None) -> list[str]:
    """Return what is found in DATA."""
    return [str(one) for one in examined(data, plugin).findings]


def members(report: Report) -> list[tuple[bytes, list[str]]]:
    """Return content and names of what was taken out."""
    return [
        (one.blob.data, [name.text for name in one.names])
        for one in report.message.parts
        if one.origin in {"ole", "msg"}
    ]


def package(data: bytes, label: bytes = b"x.exe", size: int | None = None) -> bytes:
    """Return a stream Ole10Native with DATA."""
    body = b"\x02\0" + label + b"\0C:\\in\\x.exe\0\0\0\3\0" + struct.pack("<I", 11) + b"C:\\t\\x.tmp\0"
    body += struct.pack("<I", len(data) if size is None else size) + data
    return struct.pack("<I", len(body)) + body


def word(flags: int = 0) -> bytes:
    """Return the beginning of a text."""
    return struct.pack("<HHIHH", 0xA5EC, 0xC1, 0, 0, flags) + bytes(100)


def workbook(*records: tuple[int, bytes]) -> bytes:
    """Return a workbook with RECORDS in front of the end of its globals."""
    return b"".join(
        struct.pack("<HH", kind, len(data)) + data for kind, data in ((0x809, bytes(16)), *records, (10, b""))
    )


def sheet(name: str, kind: int) -> tuple[int, bytes]:
    """Return the record of a sheet."""
    return 0x85, struct.pack("<IBBBB", 0, 0, kind, len(name), 1) + name.encode("utf-16-le")


def relation(kind: str, target: str, mode: str = "External") -> bytes:
    """Return a part with one relationship."""
    return (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
    ).encode()


def in_package(data: bytes, name: str = "word/_rels/settings.xml.rels") -> bytes:
    """Return a package with the part DATA."""
    return zip_of({"[Content_Types].xml": b"<Types/>", name: data})


class TestContract(PluginContract):
    """What every plugin passes."""

    def make(self) -> object:
        """Make one as it is by default."""
        return Macros()


# --- macros ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tree",
    [
        {"WordDocument": word(), "Macros": VBA},
        {"Workbook": workbook(), "_VBA_PROJECT_CUR": VBA},
        VBA,
        {"vba": {"DIR": b"x"}},
        {"a": {"b": {"c": VBA}}},
    ],
    ids=["doc", "xls", "vbaProject.bin", "case", "deep"],
)
def test_a_visual_basic_project_is_found_by_its_storage(tree: dict[str, object]) -> None:
    """Whatever the file is called."""
    assert found(compound(tree)) == ["policy macro-vba"]


def test_a_project_in_a_package_is_found_under_any_name() -> None:
    """The core unpacks the package; the project is a compound file."""
    report = examined(zip_of({"word/harmless.jpg": compound(VBA)}), name="letter.docx")
    (one,) = report.findings
    assert (str(one), str(one.part)) == ("policy macro-vba", '1.2 > "letter.docx" > "word/harmless.jpg"')
    assert report.decision.action is Action.REJECT


def test_the_macros_of_a_presentation_are_found_in_its_objects() -> None:
    """They are a compound file of their own, deflated."""
    inner = compound(VBA)
    record = struct.pack("<HHII", 0x10, 0x1011, 0, len(inner))
    packed = zlib.compress(inner)
    record = struct.pack("<HHII", 0x10, 0x1011, len(packed) + 4, len(inner)) + packed
    assert found(compound({"PowerPoint Document": struct.pack("<HHI", 0, 1000, 8) + bytes(8) + record})) == [
        "policy macro-vba"
    ]


def test_a_document_without_macros_is_nothing() -> None:
    """Of any sort."""
    assert found(compound({"WordDocument": word(), "1Table": bytes(5000)})) == []
    assert found(compound({"Workbook": workbook(sheet("Table1", 0))})) == []
    assert found(compound({"VBA": {"other": b"x"}, "Macros": {}})) == []


@pytest.mark.parametrize("stream", ["Workbook", "Book", "WORKBOOK"])
def test_sheets_of_excel_4_macros_are_found(stream: str) -> None:
    """By the type of the sheet."""
    data = compound({stream: workbook(sheet("Table1", 0), sheet("Macro1", 1))})
    (one,) = examined(data).findings
    assert (str(one), one.detail) == ("policy macro-xl4", "sheets of Excel 4 macros: Macro1")


@pytest.mark.parametrize(
    "data",
    [
        b'<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"></xm:macrosheet>',
        '<?xml version="1.0" encoding="UTF-16"?><macrosheet/>'.encode("utf-16"),
        b'<Types><Override PartName="/xl/m/1.bin" ContentType="application/vnd.ms-excel.macrosheet"/></Types>',
    ],
)
def test_sheets_of_excel_4_macros_in_a_package_are_found(data: bytes) -> None:
    """By the part's root, or by the package's own list."""
    assert found(zip_of({"x/y.xml": data})) == ["policy macro-xl4"]


def test_a_declared_project_counts_where_its_part_is_named() -> None:
    """A default for an extension says nothing about what is there."""
    declared = b'<Types><%b ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    assert found(zip_of({"c": declared % b'Override PartName="/p.bin"'})) == ["policy macro-vba"]
    assert found(zip_of({"c": declared % b'Default Extension="bin"'})) == []


# --- what is loaded from elsewhere ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "target", "expected"),
    [
        ("attachedTemplate", "http://x.example/t.dotm", "policy remote-template"),
        ("attachedTemplate", "HTTPS://x.example/t.dotm", "policy remote-template"),
        ("attachedTemplate", "file:///C:/Docs/Normal.dotm", ""),
        ("attachedTemplate", "C:\\Docs\\Normal.dotm", ""),
        ("attachedTemplate", "Normal.dotm", ""),
        ("attachedTemplate", "file:///\\\\server\\t.dotx", "note linked-file"),
        ("attachedTemplate", "\\\\server\\t.dotx", "note linked-file"),
        ("attachedTemplate", "file://server/t.dotx", "note linked-file"),
        ("oleObject", "mhtml:http://x.example/a!x-usc:http://x.example/a", "policy remote-object"),
        ("frame", "http://x.example/", "policy remote-object"),
        ("aFChunk", "http://x.example/", "policy remote-object"),
        ("externalLinkPath", "https://x.example/book.xlsx", "note linked-file"),
        ("externalLinkPath", "book.xlsx", ""),
        ("hyperlink", "https://x.example/", ""),
        ("image", "https://x.example/a.png", ""),
    ],
)
def test_what_is_loaded_on_opening_is_found_by_its_relationship(kind: str, target: str, expected: str) -> None:
    """Links that somebody has to click, and files of one's own, are honest."""
    assert found(in_package(relation(kind, target))) == ([expected] if expected else [])


def test_an_internal_target_is_nothing() -> None:
    """It is in the package."""
    assert found(in_package(relation("oleObject", "http:x", mode="Internal"))) == []


def test_a_relationship_is_known_under_any_name_and_in_any_prefix_and_coding() -> None:
    """By its root element."""
    text = relation("attachedTemplate", "http://x.example/t").decode()
    text = text.replace('<?xml version="1.0"?>', '<?xml version="1.0" encoding="UTF-16"?><!-- x -->')
    text = text.replace("<R", "<p:R").replace("</R", "</p:R").replace("xmlns=", "xmlns:p=")
    assert found(in_package(text.encode("utf-16"), "photo.jpg")) == ["policy remote-template"]


@pytest.mark.parametrize(
    "prolog",
    [b"<!--" + b" x" * 20_000 + b"-->", b" \n" * 20_000, b"<!-- <document> -->" * 1000, b"<?x y?>" * 2000],
    ids=["comment", "blanks", "comments", "instructions"],
)
def test_a_root_element_may_stand_behind_a_long_prolog(prolog: bytes) -> None:
    """Office reads it there."""
    data = relation("attachedTemplate", "http://x.example/t").replace(b'<?xml version="1.0"?>', prolog)
    assert found(in_package(data)) == ["policy remote-template"]


def test_a_page_of_html_in_an_archive_is_no_part() -> None:
    """Although it has a document type, and speaks of types."""
    page = b"<!DOCTYPE html><html><title>Types of Relationships</title><br></html>"
    assert found(zip_of({"page.html": page, "cut.html": page[16:40]})) == []


@pytest.mark.parametrize("rest", [b"-->", b"", b"--><x>" + b"<a>" * 300_000])
def test_a_long_comment_costs_no_time(rest: bytes) -> None:
    """It is read once."""
    data, start = b"<!--" + b" <x" * 5_000_000 + rest, time.monotonic()
    assert not opc.is_part(Blob(data))
    assert time.monotonic() - start < 5


def test_a_relationship_that_is_attached_alone_does_nothing() -> None:
    """Only a package is opened by it."""
    assert found(relation("attachedTemplate", "http://x.example/t")) == []


def test_a_workbook_that_links_to_a_program_is_found() -> None:
    """By DDE."""
    data = b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    (one,) = examined(zip_of({"xl/externalLinks/externalLink1.xml": data})).findings
    assert (str(one), one.detail) == ("policy dde", "cmd /c calc")


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><Relationships>&b;</Relationships>',
        b"<Relationships><Relationship></Relationships>",
        b"<Relationships>" + b"<a>" * 10,
        b"<Relationships>" + b"<a>" * 200 + b"</a>" * 200 + b"</Relationships>",
    ],
    ids=["entities", "nesting", "cut", "deep"],
)
def test_a_part_that_no_package_may_have_is_unscannable(data: bytes) -> None:
    """No entity is ever declared."""
    assert found(in_package(data)) == ["unscannable corrupt"]


def test_what_was_found_before_a_part_broke_stays() -> None:
    """The part is read as a stream."""
    data = relation("attachedTemplate", "http://x.example/t").replace(b"</Relationships>", b"<")
    assert sorted(found(in_package(data))) == ["policy remote-template", "unscannable corrupt"]


def test_things_in_one_part_have_a_bound() -> None:
    """A thousand are no better known than a hundred."""
    one = '<Relationship Type="frame" TargetMode="External" Target="http://x/%d"/>'
    data = "<Relationships>" + "".join(one % number for number in range(1000)) + "</Relationships>"
    assert len(found(in_package(data.encode()))) == opc.MOST_FOUND


# --- files in documents ---------------------------------------------------------------------------------------------


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


# --- encryption -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tree",
    [
        {"EncryptionInfo": b"x", "EncryptedPackage": bytes(5000)},
        {"WordDocument": word(0x0100)},
        {"Workbook": workbook((0x2F, b"\0\0"), sheet("x", 1))},
        {"Current User": bytes.fromhex("0000f60f1c00000014000000dfc4d1f3") + bytes(20)},
    ],
    ids=["package", "doc", "xls", "ppt"],
)
def test_an_encrypted_document_is_unscannable(tree: dict[str, object]) -> None:
    """It is not clean."""
    report = examined(compound(tree))
    assert [(one.kind, one.name) for one in report.findings] == [(Kind.UNSCANNABLE, "encrypted")]


# --- broken and hostile files ---------------------------------------------------------------------------------------


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


# --- what others wrote ----------------------------------------------------------------------------------------------


@pytest.mark.servers
@pytest.mark.parametrize("name", ["clam.ole.doc", "clam.ppt"])
def test_clam_exe_is_found_in_documents(name: str) -> None:
    """Octet for octet."""
    expected = (TESTFILES / "clam.exe").read_bytes()
    assert expected in [data for data, _ in members(examined((TESTFILES / name).read_bytes()))]


# --- about, check, options ------------------------------------------------------------------------------------------


def test_what_is_not_blocked_is_a_note() -> None:
    """It stands in the report, and the mail passes."""
    report = examined(compound(VBA), Macros(block=("macro-xl4",)))
    assert [str(one) for one in report.findings] == ["note macro-vba"]
    assert report.decision.action is Action.ACCEPT


@pytest.mark.parametrize("block", [("macro",), "macro-vba", ("",)])
def test_an_unknown_finding_is_refused(block: object) -> None:
    """With those that there are."""
    with pytest.raises(ConfigError, match="macro-xl4"):
        Macros(block=block)  # type: ignore[arg-type]  # what is tested


def test_its_options_are_checked() -> None:
    """By the configuration."""
    assert make(Macros, {"block": ["dde"], "embedded": False}, "x").block == ("dde",)


def test_the_default_blocks_what_is_known() -> None:
    """And leaves out how companies work."""
    assert set(Macros().block) == set(FINDINGS) - {"linked-file"}


def test_it_says_the_version_of_olefile() -> None:
    """It reads the files."""
    about = Macros().about()
    assert (about.name, about.version, about.engine) == ("macros", metadata.version("olefile"), False)


def test_check_finds_nothing_wrong() -> None:
    """Where olefile is."""
    assert list(Macros().check()) == []


def test_without_olefile_mail_waits_and_check_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plugin that could not start has not said anything."""
    monkeypatch.setitem(sys.modules, "olefile", None)
    (problem,) = Macros().check()
    assert "olefile" in problem.text
    assert Macros().about().version == ""
    assert examined(b"x").decision.action is Action.DEFER


def test_it_is_found_by_its_name() -> None:
    """As a configuration names it."""
    (point,) = metadata.entry_points(group="qsfilter", name="macros")
    assert point.load() is Macros


SAMPLE = compound(
    {
        "WordDocument": word(),
        "Workbook": workbook(sheet("a", 1)),
        "Macros": VBA,
        "\x01Ole10Native": package(PROGRAM),
        "Package": zip_of({"a": bytes(5000)}) + bytes(5000),
    }
)
