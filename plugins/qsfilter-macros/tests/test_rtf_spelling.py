"""However an object is spelt in an RTF and wherever it stands, the file in it comes out."""

from __future__ import annotations

import pytest

from qsfilter_macros import rtf

from .rtf_files import HEX, PROGRAM, document, members, package


def between(piece: bytes, every: int = 1) -> bytes:
    """Spell the package with PIECE behind EVERY so many digits."""
    return b"".join(HEX[at : at + every] + piece for at in range(0, len(HEX), every))


@pytest.mark.parametrize(
    "spelt",
    [
        HEX.upper(),
        between(b" "),
        between(b"\r\n\t", 7),
        between(b"{}"),
        between(b"{\\*\\ignored 9a9b}"),
        between(b"{\\*\\ignored{\\b 9a}9b}", 3),
        between(b"{\\object{\\pict 99}}", 3),
        between(b"\\foo "),
        between(b"\\foo-123 ", 3),
        between(b"\\" + b"a" * 252 + b" ", 50),
        between(b"\\*", 3),
        between(b"\\{\\}\\\\"),
        between(b"\\'41", 2),
        between(b"g", 3),
        between(b"zz\0\xff", 5),
        b"{" + HEX + b"}",
        b"{\\b{\\i " + HEX + b"}}",
        b"{\\*\\mmathPr " + HEX + b"}",
        b"\\bin%d " % len(package()) + package(),
        HEX[:40] + b"\\bin00%d " % (len(package()) - 20) + package()[20:],
        HEX[:40] + b"\\bin-5 " + HEX[40:],
        HEX[:40] + b"\\bin " + HEX[40:],
        HEX + b"7",
        b"{\\*\\unknown " + HEX + b"}",
        HEX[:10] + b"{\\unknown 41}" + HEX[10:],
        HEX[:10] + b"0\\'00" + HEX[10:],
        HEX[:11] + b"\\'00" + HEX[11:],
        HEX[:10] + b"0\\'00{\\foo 0}" + HEX[10:],
    ],
)
def test_the_file_comes_out_however_it_is_spelt(spelt: bytes) -> None:
    """In one of the readings at least."""
    assert PROGRAM in members(document(spelt))


@pytest.mark.parametrize(
    "data",
    [
        b"{\\rt{\\object\\objdata " + HEX,
        b"{\\rtf1{{{{\\*\\objdata" + b"0" * 20 + b"{{" + HEX,
        b"{\\rtx}\\objdata " + HEX,
        b"{\\rtf1 }}}}{\\object{\\*\\objdata " + HEX + b"}",
        b"{\\rtf1\\\\{\\objdata " + HEX + b"}",
        b"{\\rtf1{\\*\\unknown{\\objdata " + HEX + b"}}",
        b"{\\rtf1{\\objdata 0105{\\objdata " + HEX + b"}02}",
        b"{\\rtf1{\\objdata 0105 \\objdata " + HEX + b"}",
        b"{\\rtf1\\bin99999999999 {\\objdata " + HEX + b"}",
        b"{\\rtf1\\bin3 {{\\{\\objdata " + HEX + b"}",
        b"{\\rtf1{\\pict\\bin99 {\\objdata " + HEX + b"}" + b" " * 99 + b"}}",
        b"{\\rtf1\\bin1 \\\\objdata " + HEX,
        b"{\\rtf1\\objdata" + b"1" * 246 + HEX,
    ],
)
def test_the_file_comes_out_wherever_it_stands(data: bytes) -> None:
    """No braces and no words before it hide it."""
    assert PROGRAM in members(data)


def test_a_word_in_the_text_is_none() -> None:
    """Two backslashes are one in the text."""
    assert members(b"{\\rtf1 write \\\\objdata 0102 and \\\\\\\\objdata 0304 or \\objdatax 05}") == []


def test_where_readings_differ_each_is_passed_on_once() -> None:
    """Digits in groups count for some readers."""
    spelt = b"4d5a{\\foo 41}{\\*\\foo 42}43"
    assert members(document(spelt)) == [b"MZAC", b"MZC", b"MZABC"]
    assert members(document(b"4d5a4\\'006")) == [b"MZ", b"MZF"]
    assert members(document(b"4d5a{\\*\\foo}{\\foo }")) == [b"MZ"]


def test_white_space_and_a_byte_order_mark_may_stand_in_front() -> None:
    """Word takes it."""
    for front in (b"", b" \r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"):
        assert rtf.is_rtf(front + b"{\\rt")
    assert not rtf.is_rtf(b"x{\\rtf1")
    assert not rtf.is_rtf(b"{\\r")
