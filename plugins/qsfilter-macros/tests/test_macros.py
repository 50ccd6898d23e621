"""Macros of Office documents, encrypted documents, and what the plugin says of itself."""

from __future__ import annotations

import struct
import sys
import zlib
from importlib import metadata

import pytest

from qsfilter import Action, ConfigError, Kind
from qsfilter.options import make
from qsfilter.testing import zip_of
from qsfilter.testing.contract import PluginContract
from qsfilter.testing.documents import compound
from qsfilter_macros import FINDINGS, Macros

from .office_files import VBA, examined, found, sheet, word, workbook


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
