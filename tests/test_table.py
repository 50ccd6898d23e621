"""Tables: aligned by what a terminal takes for a letter, whole, and folded where they are too wide for it."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from qsfilter.cli.addresses import several
from qsfilter.cli.table import folded, labelled, table, width
from qsfilter.names import printable

HEAD = ("id", "from", "reason")
ROWS = [
    ("3f2a9c", "alice@example.org", "malware EICAR-Test-File in 1.2"),
    ("77b1", "<>", "policy extension .exe in 1.3"),
]
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)


def test_a_row_is_a_line_where_there_is_no_terminal() -> None:
    assert table(HEAD, ROWS).splitlines() == [
        "id      from               reason",
        "3f2a9c  alice@example.org  malware EICAR-Test-File in 1.2",
        "77b1    <>                 policy extension .exe in 1.3",
    ]
    assert table(HEAD, ROWS) == table(HEAD, ROWS, 57)


def test_one_long_cell_does_not_move_all_other_rows() -> None:
    """As the hundred recipients of one message among thousands."""
    shown = table(("to", "why"), [("a@example.com " * 99, "spam"), ("b@example.com", "spam")])
    assert shown.splitlines()[2] == "b@example.com  spam"
    assert shown.splitlines()[1].endswith("a@example.com   spam")
    assert len(shown) < 99 * 14 + 60


def test_the_widest_column_is_folded_first() -> None:
    assert table(HEAD, ROWS, 46).splitlines() == [
        "id      from               reason",
        "3f2a9c  alice@example.org  malware",
        "                           EICAR-Test-File in",
        "                           1.2",
        "77b1    <>                 policy extension",
        "                           .exe in 1.3",
    ]


def test_what_does_not_fit_stands_below() -> None:
    assert table(HEAD, ROWS, 32).splitlines() == [
        "id      from",
        "3f2a9c  alice@example.org",
        "  reason  malware",
        "          EICAR-Test-File in 1.2",
        "77b1    <>",
        "  reason  policy extension .exe",
        "          in 1.3",
    ]


def test_an_empty_cell_takes_no_line_below() -> None:
    assert table(("id", "trouble"), [("a" * 30, ""), ("b" * 30, "no answer")], 32).splitlines() == [
        "id",
        "a" * 30,
        "b" * 30,
        "  trouble  no answer",
    ]


def test_wide_letters_take_two_columns_and_accents_none() -> None:
    first, *rows = table(
        ("name", "x"), [("\u65e5\u672c.exe", "1"), ("e\u0301te\u0301", "2"), ("plain.exe", "3")]
    ).splitlines()
    places = {width(line) for line in (first, *rows)}
    assert places == {len("plain.exe  3")}
    assert width("\u65e5\u672c") == 4
    assert width("e\u0301") == 1


def test_nothing_in_a_cell_steers_the_terminal() -> None:
    """Neither escape sequences nor overrides of the direction (bidi)."""
    shown = table(("name", "x"), [("\x1b[31m\u202egpj.exe\n", "1"), ("b", "\u200b")])
    assert all(line.isprintable() for line in shown.splitlines())
    assert len(shown.splitlines()) == 3


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=4), st.integers(0, 120))
@example([("\u3000", "\u2028", "\x85")], 1)
def test_nothing_is_lost_however_narrow_it_is(rows: list[tuple[str, str, str]], columns: int) -> None:
    shown = table(HEAD, rows, columns)
    for row in rows:
        for cell in row:
            for word in printable(cell).split():
                assert word in shown


@given(TEXTS, st.integers(1, 60))
def test_lines_are_no_wider_than_wanted_but_for_single_words(text: str, columns: int) -> None:
    text = printable(text)
    lines = folded(text, columns)
    assert " ".join(lines).split() == text.split()
    assert all(width(line) <= columns or len(line.split()) == 1 for line in lines)


def test_blanks_within_a_line_stay_as_they_are() -> None:
    assert folded('"invoice.pdf      .exe" is forbidden', 24) == ['"invoice.pdf      .exe"', "is forbidden"]
    assert folded(" " * 30, 10) == [""]


def test_lines_behind_a_label_begin_below_each_other() -> None:
    assert labelled("error: ", "one two three", 14) == "error: one two\n       three"
    assert labelled("error: ", "one two three", 0) == "error: one two three"
    assert labelled("error: ", "one two", 3) == "error: one\n       two"


def test_on_a_terminal_the_first_recipients_stand_for_many() -> None:
    many = [b"a@example.com", b"b@example.com", b"c@example.com", b"\xff\x1b@example.com", b""]
    assert several(many, 80) == "a@example.com b@example.com c@example.com and 2 more"
    assert several(many[:3], 80) == "a@example.com b@example.com c@example.com"
    assert several(many, 0) == r"a@example.com b@example.com c@example.com \xff\x1b@example.com <>"
