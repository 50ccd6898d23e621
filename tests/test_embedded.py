"""What stands inside a leaf by other means than its transfer coding: every format, its evasions, and honest text."""

from __future__ import annotations

import base64
import binascii
import bz2
import mmap
import time
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qsfilter.filter import Filter
from qsfilter.limits import Limits
from qsfilter.mime.embedded import ber
from qsfilter.mime.header import by_name
from qsfilter.mime.leaf import inside_leaf
from qsfilter.model import Blob, Child, Field, Finding, Part, Path
from qsfilter.names import name
from qsfilter.testing import attachment, eicar, examine, message, part

if TYPE_CHECKING:
    from collections.abc import Callable

NOISE = bytes(range(256)) * 3 + b"\x90\x90\x90\x90" + b"\0" * 50 + b"=.\r\n="
"""Every octet, runs, and what each coding has to escape."""
EXE = b"MZ\x90\0" + NOISE


def leaf(data: bytes, declared: str = "text/plain", file: str = "", **header: str) -> list[Child | Finding]:
    """Return what is found in a part with DATA, DECLARED, the name FILE and HEADER (underscores for hyphens)."""
    where = Part(
        path=Path(),
        names=(name(file.encode(), "filename"),) if file else (),
        declared=declared,
        header=tuple(
            Field(name=key.replace("_", "-").encode(), value=b" " + value.encode(), span=(0, 0))
            for key, value in header.items()
        ),
        blob=Blob(data),
        origin="mime",
    )
    return list(inside_leaf(where, Limits(), by_name(where.header)))


def children(found: list[Child | Finding]) -> list[Child]:
    """Return the children in FOUND."""
    return [answer for answer in found if isinstance(answer, Child)]


def contents(found: list[Child | Finding]) -> list[bytes]:
    """Return the contents of the children in FOUND."""
    return [child.data.data if isinstance(child.data, Blob) else child.data for child in children(found)]


def codes(found: list[Child | Finding]) -> list[str]:
    """Return the findings in FOUND, as text."""
    return [str(answer) for answer in found if isinstance(answer, Finding)]


def names(found: list[Child | Finding]) -> list[str]:
    """Return the first name of each child in FOUND that has one."""
    return [child.names[0].text for child in children(found) if child.names]


# --- uuencode --------------------------------------------------------------------------------------------------------


def uu(data: bytes, file: str = "x.exe", mode: str = "644", newline: bytes = b"\n", *, backtick: bool = True) -> bytes:
    """Return DATA in uuencode with its `begin` and `end`."""
    lines = [binascii.b2a_uu(data[at : at + 45], backtick=backtick).rstrip(b"\n") for at in range(0, len(data) + 1, 45)]
    if len(data) % 45 == 0:
        lines[-1] = b"`"
    else:
        lines.append(b"`")
    return newline.join((f"begin {mode} {file}".encode(), *lines, b"end", b""))


@given(st.binary(min_size=1, max_size=400), st.booleans(), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_uuencode_gives_back_what_was_encoded(data: bytes, backtick: bool, newline: bytes) -> None:
    """Any content comes back, whatever stands for zero and ends lines, with its name."""
    found = leaf(b"Hello," + newline + newline + uu(data, newline=newline, backtick=backtick) + b"Regards" + newline)
    assert contents(found) == [data]
    assert names(found) == ["x.exe"]
    assert codes(found) == ["irregular coded-text"]


def test_a_decoy_does_not_hide_the_next_uuencoded_file() -> None:
    """Every block is found, also behind a first one, an empty one, and one that is none."""
    decoy = b"begin 644 nothing\n`\nend\nbegin 644 words\nof no use\n"
    assert contents(leaf(decoy + uu(b"first file", "1.txt") + uu(eicar(), "2.com"))) == [b"first file", eicar()]


def test_uuencode_without_its_end() -> None:
    """A block that text follows ends where its lines stop to be data."""
    assert contents(leaf(uu(NOISE).replace(b"`\nend\n", b"") + b"\nKind regards,\nthe sender\n")) == [NOISE]


def test_uuencode_with_blanks_cut_off() -> None:
    """Blanks at line ends, which stand for zeros, may be lost on the way."""
    data = b"\1" + b"\0" * 200 + b"\2"
    lines = uu(data, backtick=False).replace(b"`", b" ").split(b"\n")
    assert contents(leaf(b"\n".join(line.rstrip(b" ") for line in lines))) == [data]


@pytest.mark.parametrize("mode", ["7", "0644", "100644", "999", "99999999"])
def test_uuencode_with_an_odd_mode(mode: str) -> None:
    """What stands for the mode is of no use to a reader."""
    assert contents(leaf(uu(NOISE, mode=mode))) == [NOISE]


@pytest.mark.parametrize("line", [b"begin evil.exe", b"begin  evil.exe", b"begin 644", b"BEGIN 644 evil.exe"])
def test_uuencode_with_an_odd_first_line(line: bytes) -> None:
    """Without a mode, without a name, in capitals: data that follows is data."""
    assert contents(leaf(line + uu(NOISE)[len("begin 644 x.exe") :])) == [NOISE]


def test_junk_between_lines_of_uuencode() -> None:
    """Lines that are no data are passed over where data follows."""
    lines = uu(EXE).split(b"\n")
    lines[5:5] = [b"", b"-- this line is no data", b"nor is this"]
    assert contents(leaf(b"\n".join(lines))) == [EXE]


@pytest.mark.parametrize("file", ["a file.exe", "=?utf-8?q?=C3=A4?=.exe", "../../x.exe"])
def test_the_name_in_uuencode_may_have_blanks_and_encoded_words(file: str) -> None:
    """All of the line behind the mode is the name, read like every other name."""
    assert children(leaf(uu(NOISE, file)))[0].names == (name(file.encode(), "uuencode"),)


@pytest.mark.parametrize(
    "text",
    [
        b"begin 2026 with a plan:\nthe first quarter is for repairs\n\nend\n",
        b"begin 644 words of text\nThis is not data.\n",
        b"begin 100 times\nTHE END\nof the story\n",
        b"procedure x;\nbegin\n  y := 1;\nend;\n" * 50,
        b"begin with the header\nM is for mother\nend\n",
    ],
)
def test_text_that_begins_with_begin_is_text(text: bytes) -> None:
    """Sentences and source code yield nothing."""
    assert leaf(text) == []


def test_uuencode_in_its_base64_form() -> None:
    """`begin-base64`, which uuencode -m writes, is read to its line of equals signs."""
    text = b"begin-base64 644 x.com\n" + base64.encodebytes(eicar()) + b"====\nbye\n"
    found = leaf(b"hi\n" + text)
    assert (contents(found), names(found)) == ([eicar()], ["x.com"])


def test_uuencode_without_begin_where_the_header_says_so() -> None:
    """A part in x-uuencode needs no `begin`; its own name is the file's."""
    bare = b"\n".join(uu(NOISE).split(b"\n")[1:-3])
    found = leaf(bare, "application/octet-stream", "y.exe", Content_Transfer_Encoding="x-uuencode")
    assert (contents(found), names(found)) == ([NOISE], ["y.exe"])


# --- yEnc ------------------------------------------------------------------------------------------------------------


def yencoded(data: bytes, critical: bytes = b"\0\n\r=") -> bytes:
    """Return the lines of DATA in yEnc."""
    letters = [
        b"=" + bytes(((octet + 106) & 255,)) if (octet + 42) & 255 in critical else bytes(((octet + 42) & 255,))
        for octet in data
    ]
    return b"\r\n".join(b"".join(letters[at : at + 128]) for at in range(0, len(letters), 128)) + b"\r\n"


@given(st.binary(min_size=1, max_size=400), st.sampled_from([b"\0\n\r=", b"\0\n\r=\t .", bytes(range(128))]))
def test_yenc_gives_back_what_was_encoded(data: bytes, critical: bytes) -> None:
    """Any content comes back, whatever the encoder escapes."""
    head = f"=ybegin line=128 size={len(data)} name=my file.exe\r\n".encode()
    found = leaf(b"text\r\n" + head + yencoded(data, critical) + f"=yend size={len(data)}\r\n".encode())
    assert (contents(found), names(found)) == ([data], ["my file.exe"])
    assert codes(found) == ["irregular coded-text"]


def test_parts_of_a_file_in_yenc_are_joined() -> None:
    """Each part is a content, and so is what they make together in the order of their offsets."""
    first, second = NOISE[:500], NOISE[500:]
    blocks = [
        f"=ybegin part={number} total=2 line=128 size={len(NOISE)} name=x.exe\r\n"
        f"=ypart begin={begin} end={begin + len(piece) - 1}\r\n".encode()
        + yencoded(piece)
        + f"=yend size={len(piece)} part={number}\r\n".encode()
        for number, begin, piece in ((2, 501, second), (1, 1, first))
    ]
    assert contents(leaf(b"".join(blocks))) == [second, first, NOISE]


def test_yenc_without_its_end_and_in_a_part_that_is_not_declared_as_text() -> None:
    """The end of the leaf, or the next block, ends a block."""
    block = b"=ybegin line=128 size=68 name=a\r\n" + yencoded(eicar())
    assert contents(leaf(block * 2, "application/octet-stream")) == [eicar()] * 2


def test_yenc_without_its_first_line_where_the_header_says_so() -> None:
    """A part in x-yenc needs no `=ybegin`."""
    assert contents(leaf(yencoded(NOISE), "application/x", "z", Content_Transfer_Encoding="x-yEnc")) == [NOISE]


# --- BinHex ----------------------------------------------------------------------------------------------------------

HQX = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
BANNER = b"(This file must be converted with BinHex 4.0)\r\n\r\n"


def run_length(data: bytes) -> bytes:
    """Return DATA with runs of four and more octets as BinHex writes them."""
    found, at = bytearray(), 0
    while at < len(data):
        octet = data[at]
        count = 1
        while count < 255 and data[at + count : at + count + 1] == data[at : at + 1]:
            count += 1
        found += b"\x90\0" if octet == 0x90 else bytes((octet,))
        if count > 3:
            found += b"\x90" + bytes((count,))
            at += count
        else:
            at += 1
    return bytes(found)


def binhexed(data: bytes, resource: bytes = b"", file: bytes = b"x.exe", newline: bytes = b"\r\n") -> bytes:
    """Return a file in BinHex 4.0."""
    sizes = len(data).to_bytes(4, "big") + len(resource).to_bytes(4, "big")
    header = bytes((len(file),)) + file + b"\0" + b"APPLaplt" + b"\0\0" + sizes
    whole = run_length(header + b"CC" + data + b"CC" + resource + b"CC")
    letters = base64.b64encode(whole).rstrip(b"=").translate(bytes.maketrans(BASE64, HQX))
    body = b":" + letters + b":"
    return BANNER + newline.join(body[at : at + 64] for at in range(0, len(body), 64)) + newline


@given(st.binary(min_size=1, max_size=300), st.binary(max_size=40))
@example(b"\x90" * 9 + b"a" * 300, b"\x90")
def test_binhex_gives_back_what_was_encoded(data: bytes, resource: bytes) -> None:
    """Both forks come back, with the name."""
    found = leaf(b"a file:\r\n" + binhexed(data, resource) + b"bye: now")
    assert contents(found) == [fork for fork in (data, resource) if fork]
    assert set(names(found)) == {"x.exe"}
    assert codes(found) == ["irregular coded-text"]


def test_binhex_that_is_cut_short() -> None:
    """What is there is given."""
    (data,) = contents(leaf(binhexed(bytes(range(256)))[:300]))
    assert bytes(range(256)).startswith(data)
    assert len(data) > 100


def test_binhex_without_its_first_line_where_the_header_says_so() -> None:
    """A part in x-binhex needs no banner."""
    text = binhexed(NOISE).removeprefix(BANNER)
    assert contents(leaf(text, "application/x", "z", Content_Transfer_Encoding="x-binhex")) == [NOISE]


def test_a_text_about_binhex_is_text() -> None:
    """The banner alone, or with prose behind it, yields nothing."""
    assert leaf(BANNER + b"That line: it stands before every file in BinHex, and the colon starts it.") == []
    assert leaf(b"Use BinHex: it is old.") == []


def test_runs_in_binhex_do_not_exceed_the_limit() -> None:
    """Output ends at `unpacked_bytes`, and the finding says so."""
    where = Part(path=Path(), declared="text/plain", blob=Blob(binhexed(b"a" * 100_000)), origin="mime")
    found = list(inside_leaf(where, Limits(unpacked_bytes=5_000), {}))
    assert max(map(len, contents(found))) <= 5_001
    assert codes(found) == ["irregular coded-text", "unscannable over-limit"]


# --- AppleSingle and AppleDouble -------------------------------------------------------------------------------------


def apple(entries: dict[int, bytes], magic: int = 0x00051600) -> bytes:
    """Return an AppleSingle file with ENTRIES, id → content."""
    offset = 26 + 12 * len(entries)
    table, tail = b"", b""
    for kind, content in entries.items():
        table += kind.to_bytes(4, "big") + (offset + len(tail)).to_bytes(4, "big") + len(content).to_bytes(4, "big")
        tail += content
    return magic.to_bytes(4, "big") + b"\0\2\0\0" + bytes(16) + len(entries).to_bytes(2, "big") + table + tail


def test_applesingle() -> None:
    """Data fork and resource fork are contents, the real name is theirs."""
    found = leaf(apple({3: b"real.exe", 9: bytes(32), 2: b"resource", 1: NOISE}), "application/applefile", "shown.txt")
    assert contents(found) == [NOISE, b"resource"]
    assert names(found) == ["real.exe", "real.exe"]
    assert codes(found) == []


def test_appledouble_by_content() -> None:
    """The declared type does not count."""
    assert contents(leaf(apple({2: b"resource"}, 0x00051607), "image/jpeg")) == [b"resource"]


def test_entries_that_lie_outside_are_cut() -> None:
    """Offsets and lengths beyond the end give what is there."""
    text = apple({1: NOISE})
    assert contents(leaf(text[:100])) == [NOISE[: 100 - 38]]
    assert leaf(b"\0\5\x16\0" + b"\xff" * 60, "application/applefile") == []


# --- data: addresses -------------------------------------------------------------------------------------------------


def data_uri(data: bytes, media: str = "application/octet-stream") -> bytes:
    """Return DATA as an address in base64."""
    return f"data:{media};base64,".encode() + base64.b64encode(data)


def test_a_data_address_in_html() -> None:
    """Base64 in an attribute is a content of the type that the address declares, and nothing odd."""
    found = leaf(b'<p><img src="' + data_uri(NOISE, "image/PNG") + b'">', "text/html")
    assert contents(found) == [NOISE]
    assert children(found)[0].declared == "image/png"
    assert codes(found) == []


def test_the_names_of_a_data_address() -> None:
    """A parameter of the address and the attribute `download` of its tag name the file."""
    address = data_uri(NOISE, "application/x;name=one.exe")
    found = leaf(b"<a title=x href='" + address + b'\' download="two.exe">get it</a>', "text/html")
    assert [candidate.text for candidate in children(found)[0].names] == ["one.exe", "two.exe"]


@pytest.mark.parametrize(
    "spelled",
    [
        b"<a href=%s>",
        b"<a href='%s'>",
        b'<a style="background:url(&quot;%s&quot;)">',
        b"<style>a { background: url(%s) }</style>",
        b'<a href=" %s">',
        b'<svg><image xlink:href="%s"/></svg>',
    ],
)
def test_where_a_data_address_may_stand(spelled: bytes) -> None:
    """With any quotes or none, in attributes and style sheets."""
    assert contents(leaf(spelled % data_uri(NOISE), "text/html")) == [NOISE]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"data:", b"DaTa:"),
        lambda text: text.replace(b"data:", b"&#100;at&#x61;&#0058;"),
        lambda text: text.replace(b"data:", b"data&colon;"),
        lambda text: text.replace(b"data:", b"da\r\nt\ta:"),
        lambda text: text.replace(b";base64,", b"; base64 ,"),
        lambda text: text[:37] + text[37:].replace(b"+", b"%2B").replace(b"/", b"%2F").replace(b"=", b"%3D"),
        lambda text: text.replace(b"base64,", b"base64,\r\n  ").replace(b"AgME", b"Ag ME"),
        lambda text: text.replace(b"application/octet-stream", b""),
        lambda text: text.replace(b"application/octet-stream", b"text/html;charset=utf-8;" + b"x=y;" * 9),
    ],
)
def test_how_a_data_address_may_be_spelled(change: Callable[[bytes], bytes]) -> None:
    """Character references, line ends, percent signs and blanks where browsers take them."""
    data = bytes(range(250)) + b"end of it"
    assert contents(leaf(b'<a href="' + change(data_uri(data)) + b'">x</a>', "text/html")) == [data]


def test_a_data_address_in_percent_coding() -> None:
    """Without base64, the content is text with percent signs."""
    found = leaf(b'<iframe src="data:text/html,%3Cscript%3Ealert(1)%3C/script%3E">', "text/html")
    assert contents(found) == [b"<script>alert(1)</script>"]


def test_a_data_address_in_a_text_and_a_style_sheet() -> None:
    """It ends at the first blank."""
    assert contents(leaf(b"see " + data_uri(NOISE) + b" for more\n")) == [NOISE]
    assert contents(leaf(b"a{b:url(" + data_uri(NOISE) + b")}", "text/css")) == [NOISE]


@pytest.mark.parametrize(
    "text",
    [
        b"meta-data: a,b\ndata:, or data:;x\nThe data: 1,2,3, and so on for many more lines of it\n",
        b"data:image/gif;base64,R0lGODlhAQ==",
    ],
)
def test_text_about_data_is_text(text: bytes) -> None:
    """Sentences, and pixels of fewer than 16 octets, yield nothing."""
    assert leaf(text) == []


def test_html_in_a_data_address_keeps_its_charset() -> None:
    """The parameter stays in the child's header, so that UTF-7 in it is read."""
    (child,) = children(leaf(b'<a href="data:text/html;charset=utf-7,+ADw-script+AD4-alert(1)">', "text/html"))
    inner = Part(
        path=Path(), declared=child.declared, header=child.header, blob=Blob(bytes(contents([child])[0])), origin="x"
    )
    assert contents(list(inside_leaf(inner, Limits(), by_name(inner.header)))) == [b"<script>alert(1)"]


# --- character sets --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "utf-32-le"])
def test_text_in_utf_16_and_its_kin_is_searched(codec: str) -> None:
    """With a byte order mark or without, declared or not."""
    text = '<p>Hello</p><a href="' + data_uri(NOISE).decode() + '">x</a>'
    (child,) = children(leaf(text.encode(codec), "text/html"))
    assert (child.data, child.declared, child.origin) == (text.encode(), "text/html", "charset")


def test_text_in_utf_16_is_told_by_its_declaration_too() -> None:
    """Where it begins with other letters than Latin ones."""
    text = "\u4e2d" * 2000 + "<script>alert(1)</script>"
    for charset, codec in (("utf-16", "utf-16-le"), ("utf-16be", "utf-16-be"), ("ISO-10646-UCS-2", "utf-16-le")):
        found = leaf(text.encode(codec), "text/html", Content_Type=f"text/html; charset={charset}")
        assert contents(found) == [text.encode()]


def test_text_with_nul_in_it_is_searched_without() -> None:
    """Some readers drop them; a file that is full of them is none of their texts."""
    data = eicar()[:30] + b"\0" + eicar()[30:]
    assert contents(leaf(data, "application/octet-stream", "x.bin")) == [eicar()]
    assert contents(leaf(b"text " * 999 + b"\0")) == [b"text " * 999]
    assert leaf(b"text\0" * 99) == []


@pytest.mark.parametrize("charset", ["utf-7", "UTF7", "unicode-1-1-utf-7"])
def test_html_in_utf_7_is_searched(charset: str) -> None:
    """Where the header names the character set."""
    found = leaf(b"+ADw-script+AD4-alert(1)", "text/html", Content_Type=f'text/html; charset="{charset}"')
    assert contents(found) == [b"<script>alert(1)"]


def test_html_that_names_utf_7_itself_is_searched() -> None:
    """In a `meta` element, or by the mark at its beginning."""
    text = b'<meta http-equiv="Content-Type" content="text/html; charset=utf-7">+ADw-script+AD4-'
    assert contents(leaf(text, "text/html")) == [text.replace(b"+ADw-", b"<").replace(b"+AD4-", b">")]
    assert contents(leaf(b"+/v8-+ADw-script+AD4-", "text/html"))[0].endswith(b"<script>")


def test_text_in_ebcdic_is_searched() -> None:
    """Where the header names it."""
    found = leaf("<script>alert(1)</script>".encode("cp037"), "text/html", Content_Type="text/html; charset=ibm037")
    assert contents(found) == [b"<script>alert(1)</script>"]


@pytest.mark.parametrize("charset", ["utf-8", "us-ascii", "iso-8859-1", "windows-1252", "utf-16", "cp1252", "idna"])
def test_text_in_ascii_is_not_recoded(charset: str) -> None:
    """Whatever is declared, a text without NUL octets is no UTF-16."""
    assert leaf(b"Just a text, 1 + 1 = 2.", Content_Type=f"text/plain; charset={charset}") == []


# --- address cards and calendars -------------------------------------------------------------------------------------


def folded(line: bytes, newline: bytes = b"\r\n") -> bytes:
    """Return LINE folded to 75 octets."""
    return line[:75] + b"".join(newline + b" " + line[at : at + 74] for at in range(75, len(line), 74)) + newline


@pytest.mark.parametrize(
    "prefix",
    [
        b"PHOTO;ENCODING=b;TYPE=JPEG:",
        b"KEY;ENCODING=BASE64:",
        b"item1.LOGO;TYPE=GIF;ENCODING=B:",
        b"SOUND;BASE64;WAVE:",
        b"PHOTO:data:image/jpeg;base64,",
    ],
)
def test_a_file_in_an_address_card(prefix: bytes) -> None:
    """In the ways of vCard 2.1, 3.0 and 4.0, folded."""
    card = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A B\r\n%sEND:VCARD\r\n" % folded(prefix + base64.b64encode(NOISE))
    found = leaf(card, "text/vcard", "a.vcf")
    assert (contents(found), codes(found)) == ([NOISE], [])


def test_base64_in_a_card_without_folds() -> None:
    """Lines of base64 that lack their blanks are joined up to the next property."""
    lines = base64.encodebytes(NOISE)
    card = b"BEGIN:VCARD\nPHOTO;ENCODING=BASE64:\n" + lines + b"\nTEL;HOME:123\nEND:VCARD\n"
    assert contents(leaf(card, "text/x-vcard")) == [NOISE]


def test_an_attachment_in_a_calendar() -> None:
    """With its type and its name."""
    line = b'ATTACH;FMTTYPE=application/x-exe;ENCODING=BASE64;VALUE=BINARY;X-FILENAME="a;b:c.exe":'
    text = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + folded(line + base64.b64encode(NOISE)) + b"END:VEVENT\r\n"
    (child,) = children(leaf(text, "text/calendar"))
    assert (child.data, child.declared, child.origin) == (NOISE, "application/x-exe", "icalendar")
    assert [candidate.text for candidate in child.names] == ["a;b:c.exe"]


def test_an_honest_calendar_yields_nothing() -> None:
    """Addresses of attachments elsewhere are no content."""
    text = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTACH:https://example.org/x\r\n"
        b'ATTENDEE;CN="A, B":mailto:a@example.org\r\nEND:VEVENT\r\n'
    )
    assert leaf(text, "text/calendar") == []


# --- CMS and PEM -----------------------------------------------------------------------------------------------------

PKCS7 = "2a864886f70d0107"
ENTITY = b"Content-Type: application/x-exe; name=x.exe\r\nContent-Transfer-Encoding: base64\r\n\r\nTVo=\r\n"


def tlv(tag: int, *contents_: bytes, indefinite: bool = False) -> bytes:
    """Return an ASN.1 element."""
    content = b"".join(contents_)
    if indefinite:
        return bytes((tag, 0x80)) + content + b"\0\0"
    size = len(content)
    octets = b"" if size < 128 else size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, size if size < 128 else 0x80 | len(octets))) + octets + content


def oid(text: str) -> bytes:
    """Return an object identifier from its content in hexadecimal."""
    return tlv(6, bytes.fromhex(text))


def signed(content: bytes, kind: str = PKCS7 + "01", *, streamed: bool = False, attached: bool = True) -> bytes:
    """Return a SignedData; STREAMED in BER with pieces, as openssl cms -stream writes it."""
    if streamed:
        pieces = b"".join(tlv(4, content[at : at + 50]) for at in range(0, len(content), 50))
        string = tlv(
            0x24, tlv(0x24, pieces[: pieces.find(b"\x04", 50)]), pieces[pieces.find(b"\x04", 50) :], indefinite=True
        )
    else:
        string = tlv(4, content)
    inner = tlv(0x30, oid(kind), tlv(0xA0, string, indefinite=streamed) if attached else b"", indefinite=streamed)
    algorithms = tlv(0x31, tlv(0x30, oid("608648016503040201")), indefinite=streamed)
    data = tlv(0x30, tlv(2, b"\1"), algorithms, inner, tlv(0x31), indefinite=streamed)
    return tlv(0x30, oid(PKCS7 + "02"), tlv(0xA0, data, indefinite=streamed), indefinite=streamed)


@pytest.mark.parametrize("streamed", [False, True])
def test_a_mail_that_is_signed_with_its_content_inside(streamed: bool) -> None:
    """S/MIME encloses an entity, which is read as a message, in DER and in BER."""
    (child,) = children(leaf(signed(ENTITY * 9, streamed=streamed), "application/pkcs7-mime", "smime.p7m"))
    assert contents([child]) == [ENTITY * 9]
    assert (child.declared, child.names) == ("message/rfc822", ())


def test_a_file_that_is_signed() -> None:
    """A document in .p7m keeps its own name."""
    found = leaf(signed(b"%PDF-1.7 ..."), "application/octet-stream", "report.pdf.p7m")
    assert (contents(found), names(found)) == ([b"%PDF-1.7 ..."], ["report.pdf"])


def test_signatures_in_signatures() -> None:
    """The content of an inner one comes out."""
    inner = signed(b"the text itself")
    content = inner[inner.index(bytes.fromhex(PKCS7 + "02")) + 9 :]
    content = content[2 if content[1] < 128 else 3 :]  # without [0]
    assert contents(leaf(signed(content, PKCS7 + "02"), "application/pkcs7-mime")) == [b"the text itself"]


def test_a_detached_signature_yields_nothing() -> None:
    """As every multipart/signed has one."""
    assert leaf(signed(b"", attached=False), "application/pkcs7-signature", "smime.p7s") == []


@pytest.mark.parametrize("kind", [PKCS7 + "03", PKCS7 + "06", "2a864886f70d0109100117"])
def test_what_is_encrypted_is_unscannable(kind: str) -> None:
    """EnvelopedData, EncryptedData and AuthEnvelopedData."""
    data = tlv(0x30, oid(kind), tlv(0xA0, tlv(0x30, tlv(2, b"\0"), tlv(0x30, b"secret"))))
    assert codes(leaf(data, "application/pkcs7-mime", "smime.p7m")) == ["unscannable encrypted"]


def compressed(content: bytes) -> bytes:
    """Return a CompressedData."""
    inner = tlv(0x30, oid(PKCS7 + "01"), tlv(0xA0, tlv(4, content)))
    data = tlv(0x30, tlv(2, b"\0"), tlv(0x30, oid("2a864886f70d0109100308")), inner)
    return tlv(0x30, oid("2a864886f70d0109100109"), tlv(0xA0, data))


def test_what_is_compressed_is_inflated() -> None:
    """CompressedData, within the limit on what is unpacked."""
    assert contents(leaf(compressed(zlib.compress(ENTITY)), "application/pkcs7-mime")) == [ENTITY]
    where = Part(path=Path(), declared="", blob=Blob(compressed(zlib.compress(bytes(10_000)))), origin="mime")
    assert [len(data) for data in contents(list(inside_leaf(where, Limits(unpacked_bytes=99), {})))] == [100]


def test_broken_cms_is_corrupt() -> None:
    """What says that it is compressed and is not, and what is cut short, is never a checked leaf."""
    assert codes(leaf(compressed(b"no zlib"))) == ["unscannable corrupt"]
    assert "unscannable corrupt" in codes(leaf(signed(ENTITY)[:90]))


def test_cms_of_too_many_pieces_is_over_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pieces of a string are counted."""
    monkeypatch.setattr(ber, "MOST_ELEMENTS", 5)
    assert codes(leaf(signed(ENTITY * 20, streamed=True))) == ["unscannable over-limit"]


@pytest.mark.parametrize("label", ["PKCS7", "CMS", "CERTIFICATE"])
def test_cms_in_pem(label: str) -> None:
    """The block in base64 is a content; what it encloses is found in that."""
    block = f"-----BEGIN {label}-----\n{base64.encodebytes(signed(ENTITY)).decode()}-----END {label}-----\n".encode()
    found = leaf(b"text before\n" + block + b"text behind\n")
    assert (contents(found), codes(found)) == ([signed(ENTITY)], [])


def test_a_program_between_pem_lines() -> None:
    """Tools decode the block whatever it calls itself."""
    block = b"-----BEGIN CERTIFICATE-----\r\n" + base64.encodebytes(EXE) + b"-----END CERTIFICATE-----\r\n"
    found = leaf(block, "text/plain", "cert.crt")
    assert (contents(found), codes(found)) == ([EXE], ["irregular coded-text"])


# --- OpenPGP ---------------------------------------------------------------------------------------------------------


def armoured(data: bytes, label: str = "PGP MESSAGE") -> bytes:
    """Return DATA in OpenPGP's armour."""
    body = base64.encodebytes(data).decode()
    return f"-----BEGIN {label}-----\nVersion: X 1.0\n\n{body}=aBc1\n-----END {label}-----\n".encode()


def packet(tag: int, body: bytes, *, partial: bool = False) -> bytes:
    """Return a packet, its body whole or with a first part of 512 octets."""
    head = bytes((0xC0 | tag,))
    if partial:
        return head + b"\xe9" + body[:512] + b"\xff" + len(body[512:]).to_bytes(4, "big") + body[512:]
    return head + b"\xff" + len(body).to_bytes(4, "big") + body


LITERAL = b"b\5x.exe" + bytes(4) + NOISE


def test_an_encrypted_message_is_unscannable() -> None:
    """Where the armour is the whole leaf, and for the control part of PGP/MIME."""
    secret = packet(1, b"key") + packet(18, b"secret")
    assert codes(leaf(armoured(secret), "application/octet-stream")) == ["unscannable encrypted"]
    assert codes(leaf(b"Version: 1\n", "application/pgp-encrypted")) == ["unscannable encrypted"]
    assert codes(leaf(secret, "application/octet-stream", "a.txt.gpg")) == ["unscannable encrypted"]


def test_an_encrypted_message_within_a_text_is_left_alone() -> None:
    """A quotation does not make the text around it unreadable."""
    assert leaf(b"> you wrote\n" + armoured(packet(18, b"secret"))) == []


@pytest.mark.parametrize(
    "packets",
    [
        packet(11, LITERAL),
        packet(11, LITERAL, partial=True),
        b"\xaf" + LITERAL,
        b"\xae" + len(LITERAL).to_bytes(4, "big") + LITERAL,
        packet(4, b"one pass") + packet(11, LITERAL) + packet(2, b"signature"),
        packet(8, b"\1" + zlib.compress(packet(11, LITERAL))[2:-4]),
        packet(8, b"\2" + zlib.compress(packet(4, b"one pass") + packet(11, LITERAL))),
        packet(8, b"\3" + bz2.compress(packet(11, LITERAL))),
    ],
)
def test_a_message_that_is_only_signed_or_compressed_is_opened(packets: bytes) -> None:
    """The literal comes out, with its name."""
    found = leaf(b"hello\n" + armoured(packets))
    assert (contents(found), names(found)) == ([NOISE], ["x.exe"])


def test_a_bomb_in_a_message_is_over_the_limit() -> None:
    """Nothing is decompressed beyond `unpacked_bytes`."""
    bomb = packet(8, b"\2" + zlib.compress(packet(11, b"b\0" + bytes(100_000))))
    where = Part(path=Path(), declared="text/plain", blob=Blob(armoured(bomb)), origin="mime")
    assert codes(list(inside_leaf(where, Limits(unpacked_bytes=5_000), {}))) == ["unscannable over-limit"]


@pytest.mark.parametrize("label", ["PGP SIGNATURE", "PGP PUBLIC KEY BLOCK"])
def test_keys_and_signatures_yield_nothing(label: str) -> None:
    """Clear-signed text is plain text."""
    text = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nHello\nworld\n" + armoured(packet(2, bytes(64)), label)
    assert leaf(text) == []


# --- messages --------------------------------------------------------------------------------------------------------

MAIL = (
    b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: application/x-exe; name=x.exe\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(NOISE)
)
PLAIN = b"From: a@example.org\nTo: b@example.org\nSubject: x\nDate: today\n\nHello,\nthis is the text.\n"


@pytest.mark.parametrize(
    ("declared", "file"),
    [("application/octet-stream", ""), ("application/msword", "letter.doc"), ("text/plain", "a.eml")],
)
def test_a_mail_that_is_not_declared_as_one(declared: str, file: str) -> None:
    """It is read as a message, without a copy and without names of its own."""
    (child,) = children(leaf(MAIL, declared, file))
    assert isinstance(child.data, Blob)
    assert (child.data.data, child.declared, child.names, child.origin) == (MAIL, "message/rfc822", (), "mime")


def test_a_mail_in_an_attachment_that_is_plain_is_read_too() -> None:
    """Outside of text/* no MIME field is needed, because the type says nothing."""
    assert contents(leaf(PLAIN, "application/octet-stream", "x.eml")) == [PLAIN]


@pytest.mark.parametrize("before", [b"\r\n\r\n", b"1234\n"])
def test_what_stands_before_the_header_is_passed_over(before: bytes) -> None:
    """Empty lines, and the length in .emlx files."""
    assert contents(leaf(before + MAIL, "application/octet-stream", "1.emlx")) == [MAIL]


def test_a_web_archive_behind_other_lines() -> None:
    """Word processors open MHTML named .doc, whatever stands before its header."""
    archive = MAIL[MAIL.index(b"MIME-Version") :]
    assert contents(leaf(b"some words\r\n\r\n" + archive, "application/msword", "letter.doc")) == [archive]
    found = leaf(b"some words\r\n\r\n" + archive, "application/octet-stream", "letter.log")
    assert "message/rfc822" not in [child.declared for child in children(found)]


def test_a_mail_in_a_text_is_read_where_something_in_it_is_encoded() -> None:
    """Any reader that takes the text for a mail decodes it."""
    found = leaf(MAIL)
    assert (contents(found), codes(found)) == ([MAIL], ["irregular coded-text"])


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace(b"\n\n", b"\nContent-Type: text/plain\n\n"),
        b"From here on the text goes on: nothing else.\n",
        b"Subject: to change\n\nbase64 and so on\n",
        b"To: all\nbring cake\n",
    ],
)
def test_an_honest_forward_is_text(text: bytes) -> None:
    """A quoted header, and sentences that look like one, yield nothing."""
    assert leaf(text) == []


def test_a_header_alone_is_no_message() -> None:
    """Reports of failed delivery carry it as text/rfc822-headers."""
    header = MAIL.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert leaf(header, "text/rfc822-headers") == []


def test_an_mbox() -> None:
    """Each message between separator lines is one child; a line of the text that begins with From is none."""
    first = b"From a@example.org Mon Jan  5 10:00:00 2026\n" + PLAIN + b"\nFrom now on: nothing\n\n"
    second = b"From MAILER-DAEMON Tue Jan  6 10:00:00 2026 +0100\n" + MAIL.replace(b"\r\n", b"\n") + b"\n"
    found = leaf(first + second + first, "application/mbox", "x.mbox")
    assert contents(found) == [first, second, first]
    assert {(child.declared, child.origin) for child in children(found)} == {("message/rfc822", "mbox")}


def test_an_mbox_in_a_text_part_is_read_where_something_in_it_is_encoded() -> None:
    """As a single mail."""
    separator = b"From a@example.org Mon Jan  5 10:00:00 2026\n"
    assert leaf(separator + PLAIN) == []
    assert contents(leaf(separator + MAIL)) == [separator + MAIL]


# --- base64 and quoted-printable that nothing declares ---------------------------------------------------------------


def test_an_attachment_in_base64_that_nothing_declares_is_ambiguous() -> None:
    """Some readers decode it, others save the text."""
    found = leaf(base64.encodebytes(EXE), "application/octet-stream", "x.exe")
    assert (contents(found), names(found), codes(found)) == ([EXE], ["x.exe"], ["ambiguous undeclared-coding"])


def test_base64_in_a_text_without_a_name_is_opened() -> None:
    """It is only odd, because every reader shows the letters."""
    found = leaf(base64.b64encode(eicar()))
    assert (contents(found), codes(found)) == ([eicar()], ["irregular coded-text"])


@pytest.mark.parametrize("armour", [b"=== part 1 ===\n", b"\r\n\r\n", b"Content:\r\n\r\n"])
def test_base64_behind_one_other_line(armour: bytes) -> None:
    """An armour of any kind, or empty lines, does not hide it; nor does a footer."""
    assert contents(leaf(armour + base64.encodebytes(EXE) + b"\n-- \nthe list\n")) == [EXE]


def test_base64_goes_on_behind_its_padding() -> None:
    """In every format that holds base64, because some readers go on."""
    letters = base64.b64encode(b"MZ first file.") + b"\n" + base64.b64encode(eicar())
    assert contents(leaf(b"begin-base64 644 x\n" + letters + b"\n====\n")) == [b"MZ first file." + eicar()]
    assert contents(leaf(b'<a href="data:a/b;base64,' + letters + b'">', "text/html")) == [b"MZ first file." + eicar()]


def test_base64_between_lines_of_text() -> None:
    """Every run of lines is opened, also behind a decoy; nobody but a careful reader decodes it, so it is only odd."""
    text = b"Hello,\n\n%s\ngood bye\n\n%s\n" % (base64.encodebytes(EXE), base64.encodebytes(eicar()))
    found = leaf(text, "text/plain", "a.log")
    assert (contents(found), codes(found)) == ([EXE, eicar()], ["irregular coded-text"])


def test_a_mail_that_a_report_quotes_is_searched_for_base64() -> None:
    """As a server returns it, without MIME."""
    found = leaf(b"Hi. This is the mail program.\n\n--- Below this line is a copy of the message.\n\n" + MAIL)
    assert contents(found) == [NOISE]


@pytest.mark.parametrize(
    "text",
    [
        b"d41d8cd98f00b204e9800998ecf8427e" * 4,
        b"Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft",
        b"thisIsALongCamelCaseIdentifierWithoutAnyDigitsInItAtAllAsProgrammersWriteThem",
        b"internationalisation is a word and this text has no punctuation at all so it could be base64",
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 4,
        b"0123456789" * 12,
        b"a line\n" + b"/" * 80 + b"\n" + b"+" * 70 + b"\n" + b"a" * 70 + b"\nand another\n",
        b"sha512:\n" + b"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c\n" * 3,
        armoured(packet(2, bytes(range(256))), "PGP SIGNATURE").replace(b"Version: X 1.0\n", b""),
        b"TVoiceRecognitionServiceManagerFactoryBeanAdapter\nis the name of a class\n",
    ],
)
def test_words_are_not_base64(text: bytes) -> None:
    """Checksums, long words, identifiers and sentences yield nothing."""
    assert leaf(text, "text/plain", "a.txt") == []


@pytest.mark.parametrize(
    ("data", "file"),
    [
        (bytes(range(90)), "token.txt"),
        (bytes(range(256)) * 3, "licence.dat"),
        (EXE, "x.b64"),
        (signed(ENTITY), "key.txt"),
        (b"text " * 20, "t"),
    ],
)
def test_honest_attachments_in_base64_are_only_odd(data: bytes, file: str) -> None:
    """Few octets of no known type, names that say it, keys, and text."""
    assert codes(leaf(base64.encodebytes(data), "application/octet-stream", file)) == ["irregular coded-text"]


def test_an_attachment_in_quoted_printable_that_nothing_declares() -> None:
    """It is decoded where it has escapes and soft line breaks and no other equals sign."""
    data = bytes(range(256)) * 5
    found = leaf(binascii.b2a_qp(data, istext=False), "application/octet-stream", "x.exe")
    assert (contents(found), codes(found)) == ([data], ["ambiguous undeclared-coding"])


@pytest.mark.parametrize(
    "text",
    [
        b"a =\n  b\nc = 3D\n",
        b"x=41\ny=42\nz=43\n",
        armoured(packet(2, bytes(range(61))), "PGP SIGNATURE"),
        b"====\n" * 9,
    ],
)
def test_text_with_equals_signs_is_not_quoted_printable(text: bytes) -> None:
    """Assignments, rules and signatures yield nothing."""
    assert leaf(text, "text/plain", "a.txt") == []


# --- bounds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "block",
    [
        uu(b"0123456789abcdef"),
        b"=ybegin line=128 size=2 name=a\r\nab\r\n=yend\r\n",
        binhexed(b"0123456789"),
        b"-----BEGIN X-----\n" + base64.encodebytes(b"0123456789abcdef") + b"-----END X-----\n",
        b'<a href="' + data_uri(b"0123456789abcdef") + b'">',
        b"BEGIN:VCARD\nKEY;ENCODING=B:" + base64.b64encode(bytes(20)) + b"\nEND:VCARD\n",
    ],
)
def test_too_many_blocks_are_over_the_limit(block: bytes) -> None:
    """What is behind the last one that is opened is a finding, not clean."""
    where = Part(path=Path(), declared="text/html", blob=Blob(block * 55), origin="mime")
    found = list(inside_leaf(where, Limits(members=50), {}))
    assert len(children(found)) <= 50
    assert "unscannable over-limit" in codes(found)


@pytest.mark.slow
@pytest.mark.parametrize(
    "block",
    [
        b"begin 644 x\nTHE\n",
        b"begin ",
        b"begin 644 " + b" " * 1000,
        b"\nbegin 644 a\n" + b"M" * 61 + b"\n" * 7,
        b"=ybegin x\n",
        b"=ybegin name=a size=1\n=}=}==",
        b"(This file must be converted with BinHex 4.0)\n",
        b"(This file must be converted with BinHex 4.0):aa",
        b"-----BEGIN X-----\n",
        b"-----BEGIN X-----\nA:\n",
        b"data:",
        b"data:;",
        b"data:" + b" " * 1000,
        b"(data:a/b,",
        b"data:a/b;base64,A",
        b'"data:a/b,',
        b"data:;" + b"x" * 499,
        b"BEGIN:VCARD\nA;B=",
        b'BEGIN:VCARD\nA;";;;;',
        b"A" * 63 + b"\n",
        b"A ",
        b"=41=\n",
        b"\n\nFrom a Mon 10:00\nA:",
        b"From a Mon 10:00",
        b"A:\n",
        b"\x30\x80",
        b"\x04\x00",
        b"&#100",
        b"<",
        b" ",
        b"\n",
        b"\r",
        b"a:",
    ],
)
@pytest.mark.parametrize("prefix", [b"", b"From: a\nTo: ", b"begin 644 x\n" + b"M" * 61 + b"\n", b"<"])
def test_time_is_linear(block: bytes, prefix: bytes) -> None:
    """Four times the octets take no more than about four times as long, whatever is repeated."""

    def seconds(size: int) -> float:
        text = prefix + (block * (size // len(block) + 1))[:size]
        started = time.process_time()
        for declared, file in (("text/html", "a.html"), ("application/octet-stream", "a.eml")):
            leaf(text, declared, file)
        return time.process_time() - started

    small = max(seconds(200_000), 0.02)
    assert seconds(800_000) < small * 10


FRAGMENTS = [
    b"begin 644 x\n",
    b"end\n",
    b" " * 70,
    b"M" + b"A" * 60 + b"\n",
    b"=ybegin line=1 size=2 name=x\n",
    b"=ypart begin=1 end=2\n",
    b"=yend\n",
    BANNER + b":",
    b'data:a/b;base64,AAAA"',
    b"-----BEGIN PGP MESSAGE-----\n",
    b"-----END X-----\n",
    b"BEGIN:VCARD\n",
    b"PHOTO;ENCODING=B:",
    b"From a Mon Jan 1 10:00:00 2026\n",
    b"Content-Type: multipart/mixed\n",
    b"To: x\n",
    b"\x30\x80",
    oid(PKCS7 + "02"),
    b"\xa0\x80\x24\x80\x04\x02ab",
    b"\0\5\x16\0",
    b"\xff\xfe",
    b"\n\n",
    b"begin-base64 644 a\n",
    b"charset=utf-7",
    b"&#100;",
    b"\x90",
    b"=",
]


@settings(max_examples=300)
@given(
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=20), st.text(max_size=9).map(str.encode))),
    st.sampled_from(["text/plain", "text/html", "", "application/octet-stream", "application/pgp-encrypted"]),
    st.sampled_from(["", "a.eml", "a.gpg", "a.txt"]),
    st.sampled_from(["7bit", "x-uuencode", "x-yenc", "x-binhex"]),
)
def test_no_octets_raise(pieces: list[bytes], declared: str, file: str, coding: str) -> None:
    """Whatever stands in a leaf, children and findings come out."""
    for answer in leaf(b"".join(pieces), declared, file, Content_Transfer_Encoding=coding):
        assert isinstance(answer, (Child, Finding))


@pytest.mark.parametrize("signature", [b"\x30\x82\x00\x20", b"\x00\x05\x16\x00", b"\x30\x80\x06\x09", b"\xc8"])
@given(st.binary(max_size=200))
def test_no_octets_behind_a_signature_raise(signature: bytes, data: bytes) -> None:
    """Binary formats bound every length they read."""
    leaf(signature + data, "application/octet-stream", "a.gpg")
    leaf(signature + bytes.fromhex("0609" + PKCS7 + "02") + data)


def test_a_file_that_is_mapped_into_memory_is_searched() -> None:
    """Large messages are not read but mapped."""
    with mmap.mmap(-1, 10_000) as mapped:
        mapped.write(MAIL + b"\n" + uu(b"inside") + b"<a href=" + data_uri(NOISE) + b">" + b"\n" * 10)
        where = Part(path=Path(), declared="text/html", blob=Blob(mapped), origin="mime")
        assert contents(list(inside_leaf(where, Limits(), {})))[1:] == [b"inside", NOISE]


def test_a_signature_in_front_does_not_end_the_search() -> None:
    """A part that is declared as text is searched as text as well."""
    for signature in (b"\0\5\x16\0", tlv(0x30, oid(PKCS7 + "01"))):
        assert contents(leaf(signature + b"\n" + uu(eicar())))[-1] == eicar()


def test_a_span_is_searched_within_its_bounds() -> None:
    """What stands around a leaf in the message is not its content."""
    text = uu(b"outside") + b"-- start --\n" + uu(b"inside") + b"-- end --\n" + uu(b"outside")
    start, end = text.index(b"-- start"), text.index(b"-- end")
    where = Part(path=Path(), declared="text/plain", blob=Blob(text).part_of(start, end), origin="mime")
    assert contents(list(inside_leaf(where, Limits(), {}))) == [b"inside"]


@pytest.mark.parametrize(
    "text",
    [
        b"Hello,\n\njust a text. We begin at 10: data, binhex and base64 are words.\n",
        b"<html><body><p>&nbsp;An honest newsletter &#8211; with &quot;quotes&quot;</p></body></html>",
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        b"%PDF-1.7\n" + b"data:image/png;base64," + b"A" * 100,
    ],
)
def test_an_ordinary_leaf_yields_nothing(text: bytes) -> None:
    """Texts with the words in them, HTML with references, images."""
    assert leaf(text, "text/plain" if text[:1] in b"H<" else "application/octet-stream", "a.bin") == []


# --- through the whole filter ----------------------------------------------------------------------------------------


def parts_of(raw: bytes) -> list[Part]:
    """Return every part that a Filter finds in RAW."""
    with_reader = Filter()
    with_reader.start()
    return list(examine(with_reader, raw).message.parts)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda data: part(uu(data)),
        lambda data: part(b"=ybegin line=128 size=68 name=x\r\n" + yencoded(data) + b"=yend\r\n"),
        lambda data: part(binhexed(data)),
        lambda data: attachment(apple({1: data}), "x.bin"),
        lambda data: part(b"<img src=" + data_uri(data) + b">", "text/html"),
        lambda data: attachment(
            ('<a href="' + data_uri(data).decode() + '">').encode("utf-16"), "x.html", "text/html; charset=utf-16"
        ),
        lambda data: part(b"BEGIN:VCARD\nKEY;ENCODING=B:" + base64.b64encode(data) + b"\nEND:VCARD\n", "text/vcard"),
        lambda data: attachment(signed(attachment(data, "x")), "smime.p7m", "application/pkcs7-mime"),
        lambda data: attachment(compressed(zlib.compress(attachment(data, "x"))), "smime.p7m"),
        lambda data: part(armoured(packet(11, b"b\0" + bytes(4) + data))),
        lambda data: attachment(message(attachment(data, "x")), "mail.eml"),
        lambda data: attachment(b"From a Mon Jan  5 10:00:00 2026\n" + message(attachment(data, "x")), "a.mbox"),
        lambda data: part(base64.encodebytes(data)),
        lambda data: part(base64.b64encode(base64.b64encode(data))),
        lambda data: message(attachment(signed(message(part(uu(data), newline=b"\n"))), "a.p7m")),
    ],
)
def test_every_format_is_opened_in_a_message(wrap: Callable[[bytes], bytes]) -> None:
    """What stands in it is a part of the message, which every scanner is given."""
    assert eicar() in [found.blob.data for found in parts_of(message(b"Content-Type: text/plain\n\n", wrap(eicar())))]


def test_encoding_again_and_again_ends() -> None:
    """The depth limit ends it."""
    data = eicar()
    for _ in range(30):
        data = base64.b64encode(data)
    assert len(parts_of(message(part(data)))) <= Limits().depth + 2
