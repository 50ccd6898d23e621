"""Embedded files of PDF documents, what they do when they are opened, and passwords."""

from __future__ import annotations

import io
import sys
import zlib
from importlib import metadata

import pytest

from qsfilter import Action, ConfigError
from qsfilter.options import make
from qsfilter.testing import zip_of
from qsfilter.testing.contract import PluginContract
from qsfilter_pdf import Pdf

from .pdf_files import (
    CATALOG,
    FILE,
    PAGES,
    PROGRAM,
    TESTFILES,
    deflated,
    document,
    examined,
    found,
    holding,
    in_object_stream,
    members,
    stream,
)


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
