"""The table in which names are looked up."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qsfilter_attachments.table import Glob, Rule, Table

RULE = Rule(finding="found", where="test")
NAMES = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1)


def table(*, names: tuple[str, ...] = (), extensions: tuple[str, ...] = (), globs: tuple[str, ...] = ()) -> Table:
    made = Table()
    for name in names:
        made.add_name(name, RULE)
    for extension in extensions:
        made.add_extension(extension, RULE)
    for glob in globs:
        made.add_glob(glob, RULE)
    return made


@pytest.mark.parametrize("name", ["x.exe", "X.EXE", ".exe", "a.b.exe", "x.pdf .exe"])
def test_an_extension_is_how_a_name_ends(name: str) -> None:
    """Case and what stands before do not matter."""
    assert table(extensions=(".exe",)).rules(name, 0) == [RULE]


@pytest.mark.parametrize("name", ["exe", "x.exe.txt", "x.exes", "xexe", "", "."])
def test_an_extension_elsewhere_is_none(name: str) -> None:
    """Only the end of the name counts, from a dot on."""
    assert table(extensions=(".exe",)).rules(name, 0) == []


def test_an_extension_may_have_several_dots() -> None:
    """`.tar.gz` blocks neither `.gz` nor `.tar`."""
    made = table(extensions=(".tar.gz", ".zip"))
    assert [bool(made.rules(name, 0)) for name in ("x.tar.gz", "x.gz", "x.tar", "x.y.zip")] == [
        True,
        False,
        False,
        True,
    ]


def test_a_name_is_the_whole_name() -> None:
    """Neither its beginning nor its end is enough."""
    made = table(names=("readme.bat",))
    assert [bool(made.rules(name, 0)) for name in ("ReadMe.bat", "xreadme.bat", "readme.batx")] == [True, False, False]


def test_a_rule_with_a_size_wants_that_size() -> None:
    """One byte more or less is another file."""
    made = Table()
    rule = Rule(finding="found", where="test", size=69)
    made.add_name("eicar.com", rule)
    assert [made.rules("eicar.com", size) for size in (68, 69, 70)] == [[], [rule], []]


def test_rules_in_composed_and_decomposed_letters_meet_the_same_names() -> None:
    """An editor's way to write an ä does not defeat a rule: names have their composed form too."""
    assert table(names=("ma\u0308rz.bat",)).rules("m\u00e4rz.bat", 0) == [RULE]


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("invoice*.html", "invoice 7.html", True),
        ("invoice*.html", "invoice.html", True),
        ("invoice*.html", "my invoice.html", False),
        ("*invoice*", "my invoice.html", True),
        ("a*b*c", "abc", True),
        ("a*b*c", "acb", False),
        ("ab*ba", "aba", False),
        ("*", "", True),
        ("*[a]?.*", "x[a]?.exe", True),
        ("*[a]?.*", "xab.exe", False),
    ],
)
def test_only_the_star_stands_for_something_else(pattern: str, name: str, *, fits: bool) -> None:
    """All other characters of a pattern are what they are."""
    assert bool(table(globs=(pattern,)).rules(name, 0)) is fits


@given(st.lists(st.text("ab", max_size=3), min_size=2, max_size=5), st.text("ab", max_size=12))
def test_a_pattern_fits_what_a_regular_expression_would(pieces: list[str], name: str) -> None:
    """The quick way and the plain way agree."""
    import re

    assert Glob(tuple(pieces)).matches(name) is bool(re.fullmatch(".*".join(map(re.escape, pieces)), name))


def test_no_pattern_takes_more_than_linear_time() -> None:
    """A pattern of many stars does not try again what it has tried."""
    glob = Glob(tuple("a" * 50 + "b"))
    started = time.process_time()
    assert not glob.matches("a" * 1_000_000)
    assert time.process_time() - started < 1


@given(NAMES, NAMES)
def test_case_never_matters(rule: str, name: str) -> None:
    """A rule blocks a name in every spelling of case, or in none."""
    made = table(names=(rule,), extensions=(f".{rule}",), globs=(f"*{rule}*",))
    found = made.rules(name, 0)
    assert made.rules(name.upper(), 0) == made.rules(name.lower(), 0) == found


PATTERNS = st.lists(st.text("ab.", max_size=14), min_size=2, max_size=4).map("*".join)


@given(st.lists(PATTERNS, max_size=5), st.text("ab.", max_size=30))
@example(["*", "*a"], "")
@example(["a*", "aab*"], "a")
def test_a_pattern_is_found_wherever_it_fits(patterns: list[str], name: str) -> None:
    """The table looks patterns up by their beginnings and ends; it finds those that fit, and all of them."""
    table = Table()
    for pattern in patterns:
        table.add_glob(pattern, Rule(finding=pattern, where="block"))
    fitting = sorted(pattern for pattern in patterns if Glob(tuple(pattern.split("*"))).matches(name))
    assert sorted(rule.finding for rule in table.rules(name, 0)) == fitting
