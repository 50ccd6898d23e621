"""The names that header fields give a part, under every reading, and which of them contradict each other."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter.errors import LimitReached
from qsfilter.mime.part_names import MOST_NAMES, extensions, part_names
from qsfilter.model import Field, Name
from qsfilter.names import forms


def header(*lines: bytes) -> tuple[Field, ...]:
    """Return LINES as fields."""
    pairs = [line.partition(b":") for line in lines]
    return tuple(Field(name=field, value=value, span=(0, 0)) for field, _, value in pairs)


def named(*lines: bytes) -> tuple[Name, ...]:
    """Return the names that LINES give."""
    fields = header(*lines)
    return part_names(fields, fields)


def disposed(parameters: bytes) -> tuple[Name, ...]:
    """Return the names that a disposition with PARAMETERS gives."""
    return named(b"Content-Disposition: attachment; " + parameters)


def is_named(names: tuple[Name, ...], text: str = "x.exe") -> bool:
    """Whether TEXT is a form of one of NAMES."""
    return any(text in candidate.forms for candidate in names)


# --- the usual form -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameters", [b'filename="a.txt"', b'size=1; filename="a.txt"; x="b"', b'\n filename="a.txt";']
)
def test_a_field_in_the_usual_form_gives_one_name(parameters: bytes) -> None:
    """No other reading is tried."""
    assert [(found.text, found.source) for found in disposed(parameters)] == [("a.txt", "filename")]


def test_a_parameter_keeps_its_own_name_in_the_other_field() -> None:
    """The source says which parameter it was, not which field."""
    found = named(b'Content-Type: a/b; filename="a.txt"', b'Content-Disposition: inline; name="b.txt"')
    assert [(name.text, name.source) for name in found] == [("a.txt", "filename"), ("b.txt", "name")]


def test_names_by_the_standard_come_before_those_of_other_readings() -> None:
    """The likeliest is first."""
    found = named(b"Content-Type: a/b; name=c d.txt", b'Content-Disposition: inline; filename="e.txt"')
    assert [name.source for name in found][:2] == ["filename", "name"]


# --- other readings -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameters",
    [
        b'filename*0="x.e"; filename*1="txt"; filename*1="xe"',
        b'filename*0="x.e"; filename*1="xe"; filename*1="txt"',
        b'filename*99998="x.e"; filename*99999="xe"',
        b'filename*99999="xe"; filename*99998="x.e"',
        b'filename*+0="x.e"; filename*+1="xe"',
        b'filename*a="x.e"; filename*b="xe"',
        b'filename*1="x.e"; filename*0="xe"',
        b'filename*0="x.exe"; filename*1=".txt"',
        b"filename*0*=utf-8''x%2E; filename*1*=e%78e",
        b"filename*=utf-8''x%2Eexe",
    ],
)
def test_continuations_are_joined_in_every_way(parameters: bytes) -> None:
    """By number, as they stand, with the first or the last of two, or the first alone (RFC 2231)."""
    assert is_named(disposed(parameters))


@pytest.mark.parametrize(
    "parameters",
    [
        b'filename="x.exe;.txt"',
        b"filename=x.exe,a.txt",
        b"filename=x.exe a.txt",
        b'filename(a)="x.exe"',
        b'filename (a) = "x.exe"',
        b'y="a; filename=x.exe"',
        b'y="filename=x.exe"',
        b'"filename=x.exe"',
        b'filename="x.exe".txt',
        b'filename="x.exe',
        b"filename='x.exe'",
        b"=?utf-8?Q?filename=3Dx=2Eexe?=",
        b"y==?utf-8?Q?a=3B_filename=3Dx=2Eexe?=",
    ],
)
def test_a_name_is_found_in_odd_quotes_and_places(parameters: bytes) -> None:
    """Readers differ in where a name begins and ends."""
    assert is_named(disposed(parameters))


def test_a_semicolon_may_belong_to_a_name_without_quotes() -> None:
    """What follows it is no parameter."""
    assert is_named(disposed(b"filename=a;x.exe"), "a;x.exe")


def test_a_parameter_behind_the_name_does_not_belong_to_it() -> None:
    """The name of a host in it is no extension."""
    assert not any(form.endswith(".com") for found in disposed(b"filename=a.pdf; host=b.com") for form in found.forms)


@pytest.mark.parametrize(
    "value", [b"x.exe\n .txt", b"x.exe\r\n\t.txt", b"x.e\n xe", b"x.e\nxe", b"\n x.exe", b"x.exe\n "]
)
def test_a_fold_is_left_out_or_ends_the_name(value: bytes) -> None:
    """Readers make nothing or a blank of it, or stop there."""
    assert is_named(disposed(b'filename="%b"' % value))


def test_a_plain_name_in_the_form_of_an_extended_one_is_decoded() -> None:
    """Some readers look at the value alone."""
    assert is_named(disposed(b"filename=\"utf-8''x%2Eexe;\""))


@pytest.mark.parametrize("text", ["x%2eexe", "x%2E%65%78%65", "x.exe%00.txt", "a%2Fx.exe", "x.exe%20"])
def test_percent_escapes_are_decoded(text: str) -> None:
    """A form of the name has them decoded, and everything that is done to names done to it."""
    assert "x.exe" in forms(text)


def test_a_percent_sign_alone_makes_no_other_form() -> None:
    """Nothing is decoded where there is no escape."""
    assert forms("50% off.pdf") == ("50% off.pdf",)


# --- other fields ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [b"x.exe", b' "x.exe"', b"=?utf-8?Q?x=2Eexe?=", b'"=?utf-8?B?eC5leGU=?="'])
def test_a_description_may_be_a_name(value: bytes) -> None:
    """In quotes and as an encoded word too."""
    assert [name.source for name in named(b"Content-Description:" + value) if name.text == "x.exe"] == ["description"]


@pytest.mark.parametrize("value", [b"see b.com", b"www.b.com", b"a@b.com", b"http://b.com", b"x", b"", b"at 12:30.com"])
def test_other_descriptions_are_none(value: bytes) -> None:
    """Nobody's address is a file."""
    assert named(b"Content-Description: " + value) == ()


@pytest.mark.parametrize("value", [b"x.exe", b"x%2Eexe", b'"x.exe"', b"http://b.com/a/x.exe?b=c.txt#d", b"<a/x.exe>"])
def test_a_location_may_end_with_a_name(value: bytes) -> None:
    """Its escapes are decoded."""
    assert [name.source for name in named(b"Content-Location: " + value) if name.text == "x.exe"] == ["location"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"application/x-msdownload", "unnamed.exe"),
        (b'Application/HTA; charset="utf-8"', "unnamed.hta"),
        (b"application/javascript", "unnamed.js"),
    ],
)
def test_a_program_without_a_name_is_named_by_its_type(value: bytes, text: str) -> None:
    """Readers invent the extension."""
    assert [(name.text, name.source) for name in named(b"Content-Type: " + value)] == [(text, "type")]


def test_no_name_is_invented_for_other_types() -> None:
    """Nor for what is shown in place."""
    assert named(b"Content-Type: application/pdf") == named(b"Content-Type: text/plain") == ()


def test_no_name_is_invented_beside_another() -> None:
    """The reader has one."""
    assert [name.text for name in named(b'Content-Type: application/hta; name="a.txt"')] == ["a.txt"]


def test_a_message_that_is_one_file_is_named_by_its_subject() -> None:
    """Outlook does so."""
    found = named(b"Subject: =?utf-8?Q?x.exe?=", b"Content-Type: application/octet-stream")
    assert [(name.text, name.source) for name in found] == [("x.exe", "subject")]


@pytest.mark.parametrize(
    "value", [b"text/plain", b"multipart/mixed; boundary=a", b"message/rfc822", b'a/b; name="a.txt"']
)
def test_the_subject_of_other_messages_is_no_name(value: bytes) -> None:
    """A text is shown, and what has a name keeps it."""
    assert not is_named(named(b"Subject: x.exe", b"Content-Type: " + value))


# --- conflicts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        [b'Content-Type: a/b; name="a.txt"', b'Content-Disposition: attachment; filename="x.exe"'],
        [b'Content-Disposition: attachment; filename="a.txt"; filename="x.exe"'],
        [b'Content-Disposition: form-data; name="a.txt"; filename="x.exe"'],
        [b'Content-Disposition: attachment; filename="a.txt"', b'Content-Disposition: attachment; filename="x.exe"'],
        [b"Content-Disposition: attachment; filename=\"a.txt\"; filename*=utf-8''x.exe"],
        [b'Content-Disposition: attachment; filename="a.txt"; filename*0="x.e"; filename*1="xe"'],
    ],
)
def test_two_parameters_with_different_extensions_are_a_conflict(lines: list[bytes]) -> None:
    """A reader takes the one or the other."""
    assert extensions(named(*lines)) == {"txt", "exe"}


@pytest.mark.parametrize(
    "parameters",
    [
        b"filename=Annual report v1.2 of 2026.pdf",
        b'filename="the \\"final\\" report.pdf"',
        b"filename*=UTF-8''%D8%AA%2E%70%64%66",
        b"filename=\"Gruesse.pdf\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.pdf",
        b"filename*=utf-8''=?utf-8?Q?report=2Epdf?=",
        b"filename*0*=UTF-8''a.p;\n filename*1*=df",
        b'filename="a 1.\n 5.pdf"',
        b'filename="=?utf-8?Q?a=2E?=\n =?utf-8?Q?pdf?="',
        b'filename="a.b; c.pdf"',
        b'name="file"; filename="report.pdf"',
        b'filename="IMG.PDF"; name="img.pdf"',
        b'filename="a.pdf"; name="about v1.a longer text"',
    ],
)
def test_one_name_under_several_readings_is_none(parameters: bytes) -> None:
    """Only what different parameters give by the standards counts, and only extensions."""
    assert extensions(disposed(parameters)) <= {"pdf"}


# --- bounds ---------------------------------------------------------------------------------------------------------


def test_too_many_names_are_refused() -> None:
    """None is left out silently."""
    with pytest.raises(LimitReached, match=f"names = {MOST_NAMES}"):
        disposed(b"; ".join(b"filename=%d.txt" % number for number in range(1000)))


def test_too_many_fields_with_names_are_refused() -> None:
    """They count together."""
    with pytest.raises(LimitReached, match="names"):
        named(*(b'Content-Disposition: attachment; filename="%d.txt"' % number for number in range(MOST_NAMES + 1)))


def test_a_name_in_many_pieces_is_one() -> None:
    """Long names are written so; the pieces are no names of their own."""
    pieces = b"".join(b"\n filename*%d*=%%41;" % number for number in range(500)) + b"\n filename*500*=.exe"
    assert is_named(disposed(pieces), "A" * 500 + ".exe")


@pytest.mark.parametrize(
    "value",
    [
        b";a=b" * 250_000 + b";*",
        b"".join(b";filename*%d=a" % number for number in range(60_000)),
        b';x="' + b'\\"' * 500_000,
        b';filename="' + b'\\"' * 500_000,
        b";name=" + b"=?a?q?=41?=" * 90_000,
        b";name" + b" " * 1_000_000,
        b";" + b"name(" * 200_000,
        b";name*" + b"1" * 1_000_000 + b"=x",
        b' ;filename="' * 60 + b'a"; ' * 250_000,
    ],
    ids=range(9),
)
def test_a_long_field_costs_little(value: bytes) -> None:
    """A megabyte in quadratic time would take minutes."""
    started = time.perf_counter()
    with contextlib.suppress(LimitReached):
        named(b"Content-Disposition: a" + value)
    assert time.perf_counter() - started < 5


@given(
    st.lists(
        st.sampled_from(
            [b"filename", b"name", b"*", b"0", b"1", b"=", b";", b'"', b"'", b"\\", b"\n", b" ", b"\0", b"("]
        )
        | st.sampled_from([b"=?utf-8?Q?", b"?=", b"%2e", b".exe", b"\xff", b"''", b"\r\n ", b")", b"utf-16''"]),
        max_size=40,
    )
)
def test_no_value_makes_it_fail(pieces: list[bytes]) -> None:
    """Whatever stands in the fields."""
    value = b"".join(pieces)
    fields = (b"Content-Disposition", b"Content-Type", b"Content-Description", b"Content-Location", b"Subject")
    try:
        found = named(*(field + b":" + value for field in fields))
    except LimitReached:
        return
    assert len(found) <= MOST_NAMES
    assert extensions(found) is not None
