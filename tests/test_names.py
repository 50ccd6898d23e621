"""The names that a reader may give a part, and every form of them."""

from __future__ import annotations

import ast
import time
from encodings.aliases import aliases

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qsfilter.names import LONGEST_SHOWN, as_text, decode_extended, decode_words, forms, name, name_from_text, shown

CODECS = sorted({*aliases, *aliases.values(), "undefined", "punycode", "idna", "unicode_escape", "raw_unicode_escape"})
PYTHONS_OWN = ["punycode", "idna", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape"]
DISGUISED = ["!punycode", "Unicode/Escape", "unicode  escape", "RAW-Unicode.Escape", "idna!", "_idna"]
any_text = st.text(st.characters(exclude_categories=()))


# --- forms ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("x.exe.", "x.exe"),
        ("x.exe ", "x.exe"),
        ("x.exe. . .", "x.exe"),
        ("x.exe\t", "x.exe"),
        ("x.exe\r\n", "x.exe"),
        (" x.exe", "x.exe"),
        ("x.exe\u3000", "x.exe"),
        ("x.exe\u2026", "x.exe"),
        ("x.exe\u2028", "x.exe"),
    ],
    ids=ascii,
)
def test_what_windows_drops_at_the_end_is_dropped(text: str, form: str) -> None:
    """Dots and white space behind the name are gone when it is saved."""
    assert form in forms(text)


def test_a_name_may_end_at_its_first_nul() -> None:
    """Readers written in C see nothing behind it."""
    assert "x.exe" in forms("x.exe\0.txt")


def test_a_nul_may_be_passed_over() -> None:
    """Readers that drop it see what stands around it."""
    assert "x.exe" in forms("x.e\0xe")


@pytest.mark.parametrize(
    "char", ["\u202e", "\u202d", "\u200b", "\u200f", "\ufeff", "\u00ad", "\x01", "\x7f"], ids=ascii
)
def test_characters_that_nobody_sees_are_dropped(char: str) -> None:
    """Bidirectional overrides, zero width and control characters don't part an extension."""
    assert "gpj.exe" in forms(f"gpj.e{char}xe")


@pytest.mark.parametrize(
    "text", ["x\uff0eexe", "x.\uff45\uff58\uff45", "\uff58.exe", "x.\U0001d41e\U0001d431\U0001d41e"], ids=ascii
)
def test_letters_that_look_alike_by_definition_are_folded(text: str) -> None:
    """NFKC makes full-width and mathematical letters plain ones."""
    assert "x.exe" in forms(text)


@pytest.mark.parametrize(
    "text", ["x.exe::$DATA", "x.exe:stream", "x.exe:a:$DATA", "x.exe.:x", "x.exe\uff1ax"], ids=ascii
)
def test_a_stream_is_cut_off(text: str) -> None:
    """Windows saves `x.exe:stream` in x.exe."""
    assert "x.exe" in forms(text)


def test_the_stream_itself_stays_a_name() -> None:
    """The extension behind the colon counts as well."""
    assert any(form.endswith(".exe") for form in forms("x.txt:y.exe"))


@pytest.mark.parametrize(
    "text",
    [
        "C:\\dir\\x.exe",
        "../../x.exe",
        "/etc/x.exe",
        "dir\\x.exe",
        "dir/x.exe/",
        "x.exe/.",
        "x.exe/..",
        "x.exe\\. .",
        "a\uff0fx.exe",
        "\\\\server\\share\\x.exe",
    ],
    ids=ascii,
)
def test_the_last_component_is_a_name(text: str) -> None:
    """Readers save under what stands behind the last slash or backslash."""
    assert "x.exe" in forms(text)


def test_several_disguises_are_taken_off_together() -> None:
    """A path, a stream, an invisible character, and dots at the end."""
    assert "x.exe" in forms("..\\a\\x.e\u200bxe. :y\0.txt")


@pytest.mark.parametrize("text", ["x.exe", "report 2026.pdf", "a.tar.gz", "a_b-c(1).txt", "README"])
def test_a_plain_name_has_one_form(text: str) -> None:
    """Nothing is done for names that have nothing odd about them."""
    assert forms(text) == (text,)


@pytest.mark.parametrize("text", ["x.exe.", "..", "\0", "/", "", "a:b", "\u202e"], ids=ascii)
def test_no_form_is_given_twice(text: str) -> None:
    """Rules look at each once."""
    assert len(set(forms(text))) == len(forms(text))


@given(any_text)
@example("\0.exe")
@example("...")
def test_the_text_is_the_first_form(text: str) -> None:
    """Nothing is lost: what stood there is looked at as well."""
    assert forms(text)[0] == text


@given(any_text)
def test_the_forms_are_few(text: str) -> None:
    """A name costs a bounded number of look-ups."""
    assert len(forms(text)) <= 9


@given(any_text)
def test_no_other_form_is_empty(text: str) -> None:
    """An empty form would match what nobody meant."""
    assert all(forms(text)[1:])


# --- decoding -------------------------------------------------------------------------------------------------------


def test_utf_8_is_read_as_utf_8() -> None:
    """Most mailers write names so, whatever the standards say."""
    assert name("Übung.pdf".encode(), "filename").text == "Übung.pdf"


def test_what_is_not_utf_8_is_read_as_latin_1() -> None:
    """The other custom; it never fails."""
    assert name("Übung.pdf".encode("latin-1"), "filename").text == "Übung.pdf"


def test_the_raw_name_stays() -> None:
    """Rules that know bytes can ask for them."""
    found = name(b"=?utf-8?Q?x.exe?=", "filename")
    assert (found.raw, found.source) == (b"=?utf-8?Q?x.exe?=", "filename")


def test_a_decoded_name_has_raw_bytes_too() -> None:
    """What a container had decoded is written in UTF-8 where its bytes are not given."""
    assert name_from_text("ü", "zip").raw == "ü".encode()


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"=?utf-8?B?eC5leGU=?=", "x.exe"),
        (b"=?utf-8?b?eC5leGU=?=", "x.exe"),
        (b"=?utf-8?B?eC5leGU?=", "x.exe"),
        (b"=?utf-8?Q?x=2Eexe?=", "x.exe"),
        (b"=?utf-8?q?a_b=2eexe?=", "a b.exe"),
        (b"=?iso-8859-1?Q?=FCbung.exe?=", "übung.exe"),
        (b"=?utf-8*en?Q?x.exe?=", "x.exe"),
        (b"=?utf-8?Q?x.?= =?utf-8?Q?exe?=", "x.exe"),
        (b"=?utf-8?Q?x.?=\r\n\t=?iso-8859-1?B?ZXhl?=", "x.exe"),
        (b"before =?utf-8?Q?x?= behind", "before x behind"),
        (b"=?utf-16-be?B?AHgALgBlAHgAZQ==?=", "x.exe"),
        (b"=?no-such-charset?Q?x=2Eexe?=", "x.exe"),
        (b"=?utf-8?Q?x=FF.exe?=", "x\xff.exe"),
    ],
)
def test_encoded_words_are_decoded(raw: bytes, text: str) -> None:
    """RFC 2047, also where it does not allow them, as most readers do."""
    assert name(raw, "filename").text == text


@pytest.mark.parametrize("raw", [b"=?utf-8?X?abc?=", b"=?utf-8?B?", b"=??B?abc?=", b"a=?b", b"=?utf-8?Q?abc?"])
def test_what_is_no_encoded_word_stays(raw: bytes) -> None:
    """Nothing is decoded that readers would not decode."""
    assert name(raw, "filename").text == raw.decode()


def test_base64_that_is_none_is_shown_as_it_stands() -> None:
    """A word that can't be decoded is still a name."""
    assert decode_words(b"=?utf-8?B?x?=") == "x"


@pytest.mark.parametrize("charset", [*PYTHONS_OWN, *DISGUISED])
def test_no_codec_of_python_alone_is_a_charset(charset: str) -> None:
    """No mail reader knows them, and some take quadratic time; Python finds them under many spellings."""
    assert as_text(b"a-\\x41b9", charset) == "a-\\x41b9"


def test_a_long_name_costs_little_whatever_its_charset() -> None:
    """Half a megabyte under a codec that is quadratic would take minutes."""
    started = time.perf_counter()
    decode_words(b"=?!punycode?Q?a-" + b"b9" * 250_000 + b"?=")
    assert time.perf_counter() - started < 5


@given(st.sampled_from(CODECS), st.binary(max_size=40))
def test_no_charset_makes_decoding_fail(charset: str, raw: bytes) -> None:
    """Whatever Python has a codec for, a name comes out, and no warning."""
    assert isinstance(as_text(raw, charset), str)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"utf-8''x.exe", "x.exe"),
        (b"utf-8''%78%2eexe", "x.exe"),
        (b"UTF-8'de'%C3%BCbung.exe", "übung.exe"),
        (b"iso-8859-1'en'%FCbung.exe", "übung.exe"),
        (b"''x.exe", "x.exe"),
        (b"''%C3%BCbung.exe", "übung.exe"),
        (b"x.exe", "x.exe"),
        (b"%78.exe", "x.exe"),
        (b"no-such''%78.exe", "x.exe"),
        (b"utf-8''100%.exe", "100%.exe"),
        (b"utf-8''%zz.exe", "%zz.exe"),
        (b"it's.exe", "it's.exe"),
        (b"utf-8''it's.exe", "it's.exe"),
    ],
)
def test_extended_values_are_decoded(raw: bytes, text: str) -> None:
    """RFC 2231, section 4, and what is near it."""
    assert decode_extended(raw) == text


@given(st.binary(max_size=200))
def test_no_bytes_make_a_name_fail(raw: bytes) -> None:
    """The text is the first form, whatever the bytes are."""
    found = name(raw, "filename")
    assert found.forms[0] == found.text
    assert found.raw == raw


@given(st.sampled_from(CODECS), st.sampled_from("bBqQ"), st.binary(max_size=60))
def test_no_encoded_word_makes_a_name_fail(charset: str, coding: str, text: bytes) -> None:
    """Whatever charset and text it claims to have."""
    found = name(b"=?%b?%b?%b?=" % (charset.encode(), coding.encode(), text), "name")
    assert found.forms[0] == found.text


@given(st.binary(max_size=60))
def test_no_bytes_make_an_extended_value_fail(raw: bytes) -> None:
    """Whatever charset and text it claims to have."""
    assert isinstance(decode_extended(raw), str)


@given(any_text)
def test_no_text_makes_a_name_fail(text: str) -> None:
    """Lone surrogates too, which some codecs give."""
    found = name_from_text(text, "zip")
    assert (found.text, found.forms[0]) == (text, text)


# --- shown ----------------------------------------------------------------------------------------------------------


@given(any_text)
@example("\n\x1b[31m\u202e\ud800")
def test_what_is_shown_is_printable(text: str) -> None:
    """No name breaks a log line or speaks to a terminal."""
    assert shown(text).isprintable()


@given(any_text)
def test_what_is_shown_is_bounded(text: str) -> None:
    """Quotes, a mark that something is missing, and at most ten characters for each."""
    assert len(shown(text * 9)) <= 10 * LONGEST_SHOWN + 3


@given(any_text.filter(lambda text: len(text) <= LONGEST_SHOWN))
def test_what_is_shown_is_unambiguous(text: str) -> None:
    """Two names never look the same: it can be read back as Python reads a string."""
    assert ast.literal_eval(shown(text)) == text


def test_a_cut_is_marked() -> None:
    """Who reads it knows that there is more."""
    assert shown("a" * 10, 4) == '"aaaa…"'


def test_what_just_fits_is_not_cut() -> None:
    """The mark stands only where something is missing."""
    assert shown("aaaa", 4) == '"aaaa"'


def test_a_quote_does_not_end_what_is_shown() -> None:
    """A name can't add fields to a log line."""
    assert shown('a" action="accept') == '"a\\" action=\\"accept"'
