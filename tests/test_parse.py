"""Reading messages and MIME entities: whatever the bytes are, every part comes out and nothing raises."""

from __future__ import annotations

import binascii
import time
from base64 import b64encode, encodebytes
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qsfilter import pipeline
from qsfilter.actions import Kind
from qsfilter.builtin.mime_reader import MimeReader
from qsfilter.examination import Examination
from qsfilter.limits import Limits
from qsfilter.model import Envelope
from qsfilter.registry import Entry, Registry
from qsfilter.testing import attachment, eicar, message, part
from qsfilter.worklist import open_message

if TYPE_CHECKING:
    from qsfilter.model import Finding, Part

NEWLINES = pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
BINARY = bytes(range(256))


def read(raw: bytes, limits: Limits | None = None) -> tuple[tuple[Part, ...], list[Finding]]:
    """Read RAW with the MIME reader alone; return the parts and what was found."""
    ctx = pipeline.context(limits or Limits(), raw, Envelope(sender=b"", recipients=()))
    examination = Examination(Registry([Entry(name="mime", plugin=MimeReader())]), ctx)
    return open_message(raw, examination), examination.findings


def tree(raw: bytes) -> dict[str, bytes]:
    """Return path → content of every part in RAW but the message itself, in the usual reading."""
    return {str(one.path): one.blob.data for one in read(raw)[0][1:] if not one.reading and one.origin == "mime"}


def only(raw: bytes) -> Part:
    """Return the one entity of RAW, which is no multipart."""
    _, found = [one for one in read(raw)[0] if not one.reading and one.origin in {"message", "mime"}]
    return found


def second(entity: bytes) -> Part:
    """Return the part that ENTITY becomes as the second one of a multipart."""
    parts, _ = read(message(part(b"first"), entity))
    return next(one for one in parts if str(one.path) == "1.2")


def names(fields: str, content_type: str = "text/plain") -> list[str]:
    """Return the names of a part with the header FIELDS, those that only tolerant readers see left out."""
    entity = b"Content-Type: " + content_type.encode() + b"\n" + fields.encode("utf-8", "surrogateescape") + b"\n\nx"
    return [name.text for name in second(entity).names if not name.source.endswith("~")]


def codes(raw: bytes) -> list[str]:
    """Return kind and name of what was found in RAW."""
    return [str(found) for found in read(raw)[1]]


# --- one entity -----------------------------------------------------------------------------------------------------


@NEWLINES
def test_a_message_is_a_header_and_a_body(newline: bytes) -> None:
    """The body begins behind the first empty line."""
    found = only(newline.join([b"Subject: x", b"", b"one", b"two", b""]))
    assert found.blob.data == newline.join([b"one", b"two", b""])


def test_an_entity_without_a_type_is_plain_text() -> None:
    """RFC 2045, 5.2."""
    assert only(b"Subject: x\n\nbody").declared == "text/plain"


def test_the_declared_type_is_in_lower_case_without_parameters() -> None:
    """Rules compare it as it is."""
    assert only(b"Content-Type: TEXT/Html; charset=x (comment)\n\nbody").declared == "text/html"


@NEWLINES
def test_fields_stay_as_they_stand(newline: bytes) -> None:
    """Name, value with its folds, and where the field stands."""
    raw = newline.join([b"Subject: one", b" two", b"To:x", b"", b"body"])
    subject, to = only(raw).header
    assert (subject.name, subject.value) == (b"Subject", b" one" + newline + b" two")
    assert raw[slice(*subject.span)] == newline.join([b"Subject: one", b" two", b""])
    assert (to.name, to.value) == (b"To", b"x")


def test_white_space_before_the_colon_is_no_part_of_the_name() -> None:
    """Most readers accept it, so the field counts."""
    assert only(b"Content-Type : text/html\n\nbody").declared == "text/html"


def test_an_empty_message_is_an_empty_text() -> None:
    """Nothing is something too."""
    assert tree(b"") == {"1": b""}


@pytest.mark.parametrize("raw", [b"Subject: x", b"Subject: x\n", b"Subject: x\n\n", b"Subject: x\r\n\r\n"])
def test_a_header_may_have_no_body(raw: bytes) -> None:
    """The body is empty and the field is read."""
    found = only(raw)
    assert (found.blob.data, found.header[0].name) == (b"", b"Subject")


@pytest.mark.parametrize("raw", [b"no header at all\n", b"\xff\xfe\x00", b"PK\x03\x04 x: y", b" x: y\n"])
def test_what_can_be_no_header_is_body(raw: bytes) -> None:
    """Its bytes are scanned as they are."""
    assert only(raw).blob.data == raw


def test_a_last_line_without_a_colon_is_body() -> None:
    """However the message ends."""
    found = only(b"Subject: x\nbody")
    assert (found.blob.data, len(found.header)) == (b"body", 1)


def test_an_empty_line_in_front_begins_the_body() -> None:
    """There is no header then."""
    found = only(b"\nSubject: x\n")
    assert (found.blob.data, found.header) == (b"Subject: x\n", ())


def test_a_line_that_is_no_field_begins_the_body() -> None:
    """Mailers that forget the empty line are read."""
    assert only(b"Subject: x\nHello\nTo: you\n").blob.data == b"Hello\nTo: you\n"


def test_the_separator_of_a_mailbox_is_passed_over() -> None:
    """`From ` in front is no field and ends no header."""
    found = only(b"From alice Sun Nov 22 12:00:00 2026\nContent-Type: text/html\n\nbody")
    assert (found.declared, found.blob.data) == ("text/html", b"body")


def test_eight_bit_text_stays_as_it_is() -> None:
    """Header and body."""
    found = only(b"Subject: \xfc\xff\nContent-Transfer-Encoding: 8bit\n\n" + BINARY)
    assert found.blob.data == BINARY
    assert found.header[0].value == b" \xfc\xff"


def test_a_folded_type_is_read() -> None:
    """A parameter may stand in the next line."""
    raw = b"Content-Type: multipart/mixed;\r\n\tboundary=b\r\n\r\n--b\r\n\r\none\r\n--b--\r\n"
    assert tree(raw)["1.1"] == b"one"


# --- multiparts -----------------------------------------------------------------------------------------------------


@NEWLINES
def test_the_line_end_before_a_delimiter_belongs_to_it(newline: bytes) -> None:
    """RFC 2046, 5.1.1: a part ends with the byte before."""
    raw = message(part(b"one", newline=newline), part(b"two" + newline, newline=newline), newline=newline)
    found = tree(raw)
    assert (found["1.1"], found["1.2"]) == (b"one", b"two" + newline)


@NEWLINES
def test_white_space_behind_a_delimiter_is_allowed(newline: bytes) -> None:
    """RFC 2046 calls it padding."""
    lines = [b"Content-Type: multipart/mixed; boundary=b", b"", b"--b \t", b"", b"one", b"--b--  ", b""]
    assert tree(newline.join(lines))["1.1"] == b"one"


@pytest.mark.parametrize("line", [b"--bc", b"--b c", b"x--b", b" --b", b"--", b"-b", b"--B", b"--b--x"])
def test_what_is_no_delimiter_is_content(line: bytes) -> None:
    """A longer or an indented line ends no part."""
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n" + line + b"\ntwo\n--b--\n"
    assert tree(raw)["1.1"] == b"one\n" + line + b"\ntwo"


@pytest.mark.parametrize("boundary", ["a b", "=_?:,./()+'", "-", "--", "x" * 300, "a;b", "\\\\a"])
def test_a_quoted_boundary_may_hold_anything(boundary: str) -> None:
    """What stands between the quotes counts, with quoted pairs resolved."""
    delimiter = b"--" + boundary.replace("\\\\", "\\").encode()
    raw = f'Content-Type: multipart/mixed; boundary="{boundary}"\n\n'.encode()
    raw += b"\n".join([delimiter, b"", b"one", delimiter + b"--", b""])
    assert tree(raw)["1.1"] == b"one"


def test_parts_may_be_empty() -> None:
    """Two delimiters in a row have a part between them."""
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n\n--b--\n"
    assert {path: data for path, data in tree(raw).items() if path != "1"} == {"1.1": b"", "1.2": b""}


def test_a_missing_close_delimiter_ends_with_the_body() -> None:
    """Every reader shows a cut message; it is marked."""
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n"
    assert tree(raw)["1.2"] == b"two\n"
    assert codes(raw) == ["irregular no-close-delimiter"]


def test_a_regular_multipart_has_no_finding() -> None:
    """What follows the standards is not remarkable."""
    assert codes(message(part(b"one"), part(b"two"))) == []


def test_a_multipart_without_its_delimiter_is_marked() -> None:
    """Its bytes are scanned as they are."""
    raw = b"Content-Type: multipart/mixed; boundary=b\n\nnothing\n"
    assert tree(raw) == {"1": b"nothing\n"}
    assert codes(raw) == ["irregular no-delimiter"]


@pytest.mark.parametrize("parameter", [b"", b"; charset=x"])
def test_a_multipart_without_a_boundary_is_marked(parameter: bytes) -> None:
    """There is nothing to split it by."""
    assert codes(b"Content-Type: multipart/mixed" + parameter + b"\n\n--\n\nx\n") == ["irregular no-boundary"]


@pytest.mark.parametrize("separator", [b";;", b"; ;", b";;;; ", b"; x; ", b";=;"])
def test_an_empty_parameter_hides_none_behind_it(separator: bytes) -> None:
    """Mailers write two semicolons, and readers pass over them."""
    raw = b"Content-Type: multipart/mixed" + separator + b"boundary=b\n\n--b\n\none\n--b--\n"
    assert tree(raw)["1.1"] == b"one"


def test_parts_of_a_digest_are_messages() -> None:
    """RFC 2046, 5.1.5: that is their type where none is declared."""
    inner = b"\nSubject: inner\n\nbody"
    raw = b"Content-Type: multipart/digest; boundary=b\n\n--b\n" + inner + b"\n--b--\n"
    parts, _ = read(raw)
    assert [(str(one.path), one.declared) for one in parts[2:]] == [("1.1", "message/rfc822"), ("1.1.1", "text/plain")]
    assert parts[-1].blob.data == b"body"


@pytest.mark.parametrize("subtype", ["alternative", "related", "parallel", "report", "signed", "x-unheard-of"])
def test_every_multipart_is_split(subtype: str) -> None:
    """Readers list the parts of those that they don't know."""
    assert tree(message(part(b"one"), part(b"two"), subtype=subtype))["1.2"] == b"two"


def test_multiparts_hold_multiparts() -> None:
    """Parts are numbered as IMAP does."""
    inner = message(part(b"deep"), part(b"deeper"), boundary="inner").partition(b"MIME-Version: 1.0\n")[2]
    found = tree(message(part(b"flat"), inner, part(b"last"), boundary="outer"))
    assert list(found) == ["1", "1.1", "1.2", "1.3", "1.2.1", "1.2.2"]
    assert (found["1.2.2"], found["1.3"]) == (b"deeper", b"last")


@pytest.mark.parametrize(("outer", "inner"), [("b", "bc"), ("bc", "b"), ("b", "b b"), ("b", "-b")])
def test_a_boundary_may_begin_like_another(outer: str, inner: str) -> None:
    """Each delimiter ends parts of its own multipart only."""
    lines = [
        f'Content-Type: multipart/mixed; boundary="{outer}"\n',
        f'--{outer}\nContent-Type: multipart/mixed; boundary="{inner}"\n',
        f"--{inner}\n\none\n--{inner}\n\ntwo\n--{inner}--",
        f"--{outer}\n\nlast\n--{outer}--\n",
    ]
    found = tree("\n".join(lines).encode())
    assert (found["1.1.1"], found["1.1.2"], found["1.2"]) == (b"one", b"two", b"last")


def test_the_outer_delimiter_ends_an_inner_multipart() -> None:
    """An inner one that was cut short takes nothing with it."""
    raw = b"""Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/mixed; boundary=inner

--inner

cut
--outer

last
--outer--
"""
    found = tree(raw)
    assert (found["1.1.1"], found["1.2"]) == (b"cut", b"last")


@pytest.mark.parametrize("kind", ["message/rfc822", "message/global", "message/news"])
def test_a_message_inside_is_read(kind: str) -> None:
    """Its own parts are numbered below it."""
    inner = message(part(b"text"), attachment(b"secret", "x.exe"), boundary="inner")
    found = tree(message(part(b"see below"), part(inner, kind)))
    assert (found["1.2"], found["1.2.1.2"]) == (inner, b"secret")


def test_a_coded_message_inside_is_read() -> None:
    """The standards forbid it, and readers open it."""
    inner = message(part(b"text"), attachment(b"secret", "x.exe"))
    fields = {"Content-Transfer-Encoding": "base64"}
    assert tree(message(part(b"x"), part(encodebytes(inner), "message/rfc822", fields=fields)))["1.2.1.2"] == b"secret"


def test_a_coded_multipart_is_split() -> None:
    """The standards forbid it, and readers open it."""
    body = b64encode(b"--b\n\nsecret\n--b--\n")
    raw = b"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n" + body
    assert tree(raw)["1.1"] == b"secret"


# --- transfer codings -----------------------------------------------------------------------------------------------


def coded(body: bytes, coding: str) -> bytes:
    """Return what BODY is decoded to by the Content-Transfer-Encoding CODING."""
    return second(part(body, fields={"Content-Transfer-Encoding": coding})).blob.data


@pytest.mark.parametrize(
    "coding",
    ["base64", "BASE64", "Base64 ", '"base64"', "base64 (comment)", "(comment) base64", "base-64", "base64; x=y"],
)
def test_base64_is_known_however_it_is_written(coding: str) -> None:
    """Case, quotes, comments and near misses."""
    assert coded(b64encode(BINARY), coding) == BINARY


@pytest.mark.parametrize("coding", ["quoted-printable", "Quoted-Printable", "quoted printable", "quotedprintable"])
def test_quoted_printable_is_known_however_it_is_written(coding: str) -> None:
    """Case and near misses."""
    assert coded(b"a=3Db=\n=63", coding) == b"a=bc"


@pytest.mark.parametrize("coding", ["", "7bit", "8BIT", "binary", "8-bit", '"7bit"'])
def test_most_parts_are_not_coded(coding: str) -> None:
    """Their bytes are what stands there."""
    assert coded(BINARY, coding) == BINARY


@pytest.mark.parametrize(
    "body",
    [
        b"WDVP\nIVAl\nQEFQ",
        b"WDVP\r\n\r\nIVAl\r\nQEFQ\r\n",
        b"W\nD\nV\nP\nI\nV\nA\nl\nQ\nE\nF\nQ",
        b"W!D*V-P I_V\x00A\xffl.QE~FQ",
        b"WDVPIVAl<>#QEFQ",
    ],
)
def test_junk_in_base64_is_passed_over(body: bytes) -> None:
    """RFC 2045, 6.8: what stands between the letters does not count."""
    assert coded(body, "base64") == b"X5O!P%@AP"


@pytest.mark.parametrize(
    ("body", "data"), [(b"YWI", b"ab"), (b"YWJj\nZA", b"abcd"), (b"YWJjZ", b"abc"), (b"YQ=", b"a")]
)
def test_base64_that_is_cut_short_is_decoded_as_far_as_it_goes(body: bytes, data: bytes) -> None:
    """Padding may be missing, and a last letter that says nothing."""
    assert coded(body, "base64") == data


@pytest.mark.parametrize("separator", [b"", b"\n", b"\r\n"])
def test_what_stands_behind_padding_is_found(separator: bytes) -> None:
    """Some readers go on behind an `=`, so what they show must be seen."""
    body = b64encode(b"harmless!!") + separator + b64encode(eicar())
    parts, _ = read(message(part(b"x"), part(body, fields={"Content-Transfer-Encoding": "base64"})))
    assert any(eicar() in one.blob.data for one in parts)


def test_what_stands_before_padding_is_a_content_of_its_own() -> None:
    """Other readers stop there, as at a mailing list's footer; rules on sizes and hashes are about what they save."""
    body = encodebytes(eicar()) + b"\n____________\nTo leave this list write to list-leave@example.org\n"
    parts, _ = read(message(part(b"x"), part(body, fields={"Content-Transfer-Encoding": "base64"})))
    assert eicar() in [one.blob.data for one in parts]


def test_quoted_printable_keeps_what_is_no_escape() -> None:
    """A lone equals sign stays, and lower case digits count."""
    assert coded(b"1=zz =3d =", "quoted-printable").startswith(b"1=zz =")


def test_an_unknown_coding_is_unscannable() -> None:
    """Nobody here can say what a reader makes of it."""
    raw = message(part(b"x"), part(b"begin 644 x", fields={"Content-Transfer-Encoding": "x-nobody"}))
    (found,) = read(raw)[1]
    assert (str(found), str(found.part), found.detail) == ("unscannable unknown-coding", "1.2", "x-nobody")


def test_the_bytes_of_an_unknown_coding_are_scanned_as_they_are() -> None:
    """At least that."""
    assert coded(b"begin 644 x", "x-uuencode") == b"begin 644 x"


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field",
    [
        "attachment; filename=x.exe",
        'attachment; filename="x.exe"',
        "attachment; FILENAME=x.exe",
        "attachment; filename = x.exe",
        'attachment; filename = "x.exe" ; size=1',
        "attachment;filename=x.exe;size=1",
        "attachment;; filename=x.exe",
        "attachment; size=1; filename=x.exe",
        "attachment; filename=(comment)x.exe",
        'attachment; filename="x.exe',
        'attachment;\n filename="x.exe"',
        "attachment;\n\tfilename=x.exe",
        "inline; filename=x.exe",
        "filename; filename=x.exe",
        "attachment; filename==?utf-8?Q?x.exe?=",
        'attachment; filename="=?utf-8?B?eC5leGU=?="',
        "attachment; filename*=utf-8''x%2Eexe",
        "attachment; filename*=utf-8''x.exe; size=1",
        "attachment; filename*=\"utf-8''x.exe\"",
        "attachment; filename*0=x.; filename*1=exe",
        "attachment; filename*1=exe; filename*0=x.",
        "attachment; filename*0*=utf-8''x%2E; filename*1=exe",
        "attachment; filename*0*=utf-8''%78; filename*1*=%2e; filename*2=\"exe\"",
        "attachment; filename*00=x.; filename*01=exe",
        "attachment; filename*1=x.; filename*2=exe",
    ],
)
def test_a_name_is_found_however_it_is_written(field: str) -> None:
    """Quoted or not, extended (RFC 2231) or in encoded words (RFC 2047), folded, in any order."""
    assert "x.exe" in names(f"Content-Disposition: {field}")


def test_the_name_of_the_type_counts_too() -> None:
    """Many readers take it where the disposition has none."""
    assert names("X: y", "application/octet-stream; name=x.exe") == ["x.exe"]


def test_every_name_counts() -> None:
    """Readers differ in which one they take."""
    fields = "Content-Disposition: attachment; filename=a.txt; filename*=utf-8''b.txt; filename*0=c.; filename*1=txt"
    found = names(fields, "text/plain; name=d.txt; name*=''e.txt")
    assert {"a.txt", "b.txt", "c.txt", "d.txt", "e.txt"}.issubset(found)


def test_a_name_given_twice_with_two_values_is_two_names() -> None:
    """Some readers take the first, some the last."""
    assert names("Content-Disposition: attachment; filename=a.txt; filename=b.exe") == ["a.txt", "b.exe"]


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("filename*0*=utf-8'de'%C3%BC; filename*1*=%C3%BC.exe", "üü.exe"),
        ("filename*0*=iso-8859-1''%FC; filename*1*=%FC.exe", "üü.exe"),
        ("filename*0*=iso-8859-1''%FC; filename*1=b%41.exe", "üb%41.exe"),
        ("filename*0*=''%C3%BC.; filename*1=exe", "ü.exe"),
        ("filename*0*=utf-8''it's.; filename*1=exe", "it's.exe"),
        ("filename*0*=x'y.; filename*1=exe", "x'y.exe"),
        ("filename*0=a'b'%41.; filename*1*=%65xe", "a'b'%41.exe"),
        ("filename*0=a; filename*1*=utf-8''%41.exe", "autf-8''A.exe"),
    ],
)
def test_continuations_have_one_charset(field: str, name: str) -> None:
    """It stands in the first piece, where that is extended; each piece says whether it is coded."""
    assert names(f"Content-Disposition: attachment; {field}") == [name]


def test_continuations_of_two_attributes_are_not_mixed() -> None:
    """Each has its own pieces."""
    assert names("X: y", "text/plain; charset*0=us-; name*0=x.; charset*1=ascii; name*1=exe") == ["x.exe"]


def test_a_name_says_where_it_stood() -> None:
    """A report can tell which one it was."""
    entity = b"Content-Type: a/b; name=x\nContent-Disposition: a; filename=y; filename*=''z\n\nbody"
    found = {(name.text, name.source) for name in second(entity).names}
    assert {("y", "filename"), ("z", "filename*"), ("x", "name")} <= found


@pytest.mark.parametrize(
    "raw", ["Übung.exe", b"\xdcbung.exe".decode("utf-8", "surrogateescape")], ids=["UTF-8", "Latin-1"]
)
def test_a_name_may_have_eight_bit_letters(raw: str) -> None:
    """No standard allows them, and mailers write them."""
    assert names(f"Content-Disposition: attachment; filename={raw}") == ["Übung.exe"]


def test_quoted_pairs_are_resolved() -> None:
    """A backslash says that a quote is none."""
    assert names('Content-Disposition: attachment; filename="a\\"b\\\\c.exe"')[0] == 'a"b\\c.exe'


def test_a_semicolon_in_quotes_ends_nothing() -> None:
    """It belongs to the name."""
    assert names('Content-Disposition: attachment; filename="a;b.exe"')[0] == "a;b.exe"


def test_the_message_itself_can_have_a_name() -> None:
    """A mail may be nothing but its attachment."""
    found = only(b"Content-Disposition: attachment; filename=x.exe\n\nMZ")
    assert [name.text for name in found.names] == ["x.exe"]


def test_a_printed_path_is_safe() -> None:
    """Names that are not printable are escaped, in archives too."""
    from qsfilter import Filter
    from qsfilter.testing import examine, zip_of

    raw = message(part(b"x"), attachment(zip_of({"a\n\x1b[2J.exe": b"MZ"}), "b\u202e.zip"))
    report = examine(Filter(), raw)
    assert str(report.message.parts[-1].path) == '1.2 > "b\\u202e.zip" > "a\\n\\x1b[2J.exe"'


# --- bounds ---------------------------------------------------------------------------------------------------------


def test_a_header_with_too_many_fields_is_over_the_limit() -> None:
    """The raw message is scanned all the same."""
    parts, (found,) = read(b"a: b\n" * 6 + b"\nbody", Limits(header_fields=5))
    assert (str(found), found.detail) == ("unscannable over-limit", "header_fields = 5")
    assert [str(one.path) for one in parts] == ["message"]


def test_a_header_with_as_many_fields_as_allowed_is_read() -> None:
    """The bound itself passes."""
    assert read(b"a: b\n" * 5 + b"\nbody", Limits(header_fields=5))[1] == []


def test_a_header_that_is_too_long_is_over_the_limit() -> None:
    """However few fields it has."""
    _, (found,) = read(b"a: b\n" + b" c\n" * 100 + b"\nbody", Limits(header_bytes=100))
    assert (str(found), found.detail) == ("unscannable over-limit", "header_bytes = 100")


def test_a_header_as_long_as_allowed_is_read() -> None:
    """The bound itself passes."""
    header = b"a: b\n" + b" c\n" * 10
    assert read(header + b"\nbody", Limits(header_bytes=len(header)))[1] == []
    assert read(header + b"\nbody", Limits(header_bytes=len(header) - 1))[1] != []


def test_a_header_is_measured_from_its_own_start() -> None:
    """Wherever in the message the part lies."""
    raw = message(part(b"x" * 5000), part(b"y" * 5000), part(b"z"))
    assert read(raw, Limits(header_bytes=400))[1] == []


def test_a_deep_nest_costs_no_stack() -> None:
    """Depth is bounded by the limit, and by nothing that could break."""
    raw = b"x"
    for level in range(3000):
        boundary = b"b%d" % level
        raw = b"Content-Type: multipart/mixed; boundary=%b\n\n--%b\n%b\n--%b--\n" % (boundary, boundary, raw, boundary)
    parts, (found,) = read(raw)
    assert (str(found), len(parts)) == ("unscannable over-limit", Limits().depth + 1)


# --- any bytes ------------------------------------------------------------------------------------------------------

fragments = st.sampled_from(
    [
        b"\n", b"\r\n", b"\r", b"\n\n", b" ", b"\t", b":", b";", b"=", b'"', b"\\", b"(", b"*", b"'", b"%41", b"\0",
        b"\xff", b"From x\n", b"Content-Type: ", b"Content-Disposition: ", b"Content-Transfer-Encoding: ",
        b"multipart/mixed", b"message/rfc822", b"multipart/digest", b"; boundary=b", b'; boundary="b', b"; filename",
        b"; name*0*=", b"b", b"--b", b"--b--", b"\n--b\n", b"\n--b--\n", b"base64\n\n", b"quoted-printable\n\n",
        b"=?utf-8?Q?a?=", b"YWJj", b"=41", b"Content-Type: multipart/mixed; boundary=b\n\n--b\n",
        b"Content-Type: message/rfc822\n\n",
    ]
)  # fmt: skip
mail_like = st.lists(fragments | st.binary(max_size=6), max_size=40).map(b"".join)


@given(mail_like | st.binary(max_size=300))
@example(b"\r")
@example(b"From ")
@example(b":")
def test_no_bytes_make_reading_fail(raw: bytes) -> None:
    """Nothing raises, no plugin fails, and the message itself is the first part, unchanged."""
    parts, findings = read(raw)
    assert parts[0].blob.data == raw
    assert not [found for found in findings if found.kind is Kind.FAILURE or found.name == "corrupt"]


def check_spans(parts: tuple[Part, ...]) -> None:
    """Check that what stands verbatim in its parent is exactly those bytes of it."""
    by_steps = {one.path.steps: one for one in parts}
    for one in parts[1:]:
        parent = by_steps[one.path.steps[:-1]].blob
        if one.span is not None:
            start, end = one.span
            assert 0 <= start <= end <= parent.size
            assert parent.data[start:end] == one.blob.data


@given(mail_like)
def test_every_span_lies_inside_its_parent(raw: bytes) -> None:
    """Whatever the message is."""
    check_spans(read(raw)[0])


def test_a_span_counts_from_the_start_of_the_parent() -> None:
    """At every level, and in a container that was decoded."""
    inner = message(part(b"one"), part(b"two"), boundary="inner")
    fields = {"Content-Transfer-Encoding": "base64"}
    parts, _ = read(
        message(part(b"x"), part(inner, "message/rfc822"), part(encodebytes(inner), "message/rfc822", fields=fields))
    )
    by_path = {str(one.path): one for one in parts}
    for path, container in (("1.2", inner), ("1.3", inner)):
        multipart = by_path[f"{path}.1"]
        assert multipart.span == (container.index(b"--inner"), len(container))
        assert by_path[f"{path}.1.2"].span == (multipart.blob.data.index(b"two"), multipart.blob.data.index(b"two") + 3)


def test_what_was_decoded_has_no_span() -> None:
    """It stands nowhere verbatim."""
    assert second(part(b"eA==", fields={"Content-Transfer-Encoding": "base64"})).span is None
    assert second(part(b"x", fields={"Content-Transfer-Encoding": "8bit"})).span is not None


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type:multipart/boundary=b\n\rContent-\n--b",
        b"Content-Typemultipart/boundary=b\n\n--b\n--b--\n\rContent-",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n\rContent-Type: text/plain\n\ny",
        b"Content-Type: multipart/mixed; boundary=b\n\n\r\rContent-\n--b\n\nx\n--b--\n",
    ],
)
def test_reading_ends(raw: bytes) -> None:
    """A few bytes never keep a server busy; these did."""
    started = time.perf_counter()
    assert [str(found) for found in read(raw)[1] if found.kind is Kind.FAILURE] == []
    assert time.perf_counter() - started < 5


@given(mail_like)
def test_reading_again_gives_the_same(raw: bytes) -> None:
    """Nothing depends on chance or on what was read before."""
    first, second_ = read(raw), read(raw)
    assert [one.path for one in first[0]] == [one.path for one in second_[0]]
    assert first[1] == second_[1]


Tree = tuple[str, bytes] | list["Tree"]
leaves = st.tuples(st.sampled_from(["8bit", "base64", "quoted-printable"]), st.binary(max_size=120))
trees = st.recursive(leaves, lambda inner: st.lists(inner, min_size=1, max_size=4), max_leaves=12)


def written(node: Tree, newline: bytes, depth: int = 0) -> bytes:
    """Write NODE as an entity."""
    if isinstance(node, list):
        boundary = f"=_level-{depth}"
        entities = [written(inner, newline, depth + 1) for inner in node]
        whole = message(*entities, boundary=boundary, newline=newline)
        return whole[whole.index(b"Content-Type: multipart") :].removesuffix(newline)
    coding, body = node
    if coding == "base64":
        body = encodebytes(body).replace(b"\n", newline)
    elif coding == "quoted-printable":
        body = binascii.b2a_qp(body, istext=False).replace(b"\n", newline)
    return part(body, "application/octet-stream", fields={"Content-Transfer-Encoding": coding}, newline=newline)


def contents(node: Tree) -> list[bytes]:
    """Return the contents of the leaves below NODE, in their order."""
    return [node[1]] if isinstance(node, tuple) else [data for inner in node for data in contents(inner)]


def ends_like_a_line(node: Tree) -> bool:
    """Whether a verbatim leaf ends with CR, so that a line end of LF alone behind it looks like CRLF."""
    if isinstance(node, tuple):
        return node[0] == "8bit" and node[1].endswith(b"\r")
    return any(map(ends_like_a_line, node))


@given(st.lists(trees, min_size=1, max_size=4), st.sampled_from([b"\n", b"\r\n"]))
def test_what_was_put_in_comes_out(nodes: list[Tree], newline: bytes) -> None:
    """A message built from random parts gives back exactly those, byte for byte and in order."""
    if newline == b"\n" and ends_like_a_line(nodes):
        return
    whole = written(nodes, newline)
    raw = b"Subject: x" + newline + whole
    parts, findings = read(raw)
    usual = [one for one in parts if one.origin == "mime" and not any(reading for _, reading in one.path.steps)]
    inner = {one.path.steps[:-1] for one in usual}
    found = sorted((one for one in usual if one.path.steps not in inner), key=lambda one: one.path.steps)
    assert [one.blob.data for one in found] == contents(nodes)
    check_spans(parts)
    assert [found for found in findings if found.name in {"corrupt", "over-limit", "no-boundary", "no-delimiter"}] == []
