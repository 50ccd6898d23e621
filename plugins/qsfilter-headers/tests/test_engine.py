"""Patterns as RE2 matches them."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import ConfigError, Kind
from qsfilter.legacy import HeaderRule
from qsfilter_headers.engine import Matcher, compile_rules


def rule(pattern: bytes, where: str = "rules.txt:1") -> HeaderRule:
    return HeaderRule(kind=Kind.POLICY, field="Subject", pattern=pattern, description="", where=where)


def matcher(*patterns: bytes) -> Matcher:
    return compile_rules({b"subject": [rule(pattern) for pattern in patterns]})[b"subject"]


def hits(pattern: bytes, value: bytes) -> bool:
    return bool(matcher(pattern).hits(value))


def test_a_pattern_has_to_match_the_whole_value() -> None:
    """The original's documentation has this example."""
    assert hits(b"Pickles.*Breakfast", b"Pickles for Breakfast")
    assert not hits(b"Pickles.*Breakfast", b"Pickles for Breakfast - where did you go?")


@pytest.mark.parametrize("pattern", [b"one|two", b"^(?:one|two)$", b"^one$|^two$"])
def test_every_alternative_has_to_match_the_whole_value(pattern: bytes) -> None:
    """The anchors hold for all of a pattern, with or without anchors of its own."""
    assert [hits(pattern, value) for value in (b"one", b"two", b"one more", b"no two")] == [True, True, False, False]


def test_a_shorter_alternative_does_not_hide_a_longer_one() -> None:
    """What counts is whether some way to match fills the value."""
    assert hits(b"a|ab", b"ab")


def test_case_matters() -> None:
    """Unless the pattern says otherwise."""
    assert [hits(b"spam", b"SPAM"), hits(b"(?i)spam", b"SPAM")] == [False, True]


@given(st.binary(max_size=40))
def test_a_dot_matches_every_octet(value: bytes) -> None:
    """Under UTF-8 an octet that is no UTF-8 would defeat the rule."""
    assert hits(b"I LOVE.*YOU", b"I LOVE" + value + b"YOU")


@pytest.mark.parametrize("octet", [b"\0", b"\n", b"\r", b"\x80", b"\xff", b"\xc3"])
def test_each_odd_octet_is_one_character(octet: bytes) -> None:
    """A bound on the length counts octets."""
    assert hits(b"a.b", b"a" + octet + b"b")


def test_all_rules_that_match_are_told() -> None:
    """One pass finds them all."""
    made = matcher(b"a.*", b".*b", b"c")
    assert [found.pattern for found in made.hits(b"ab")] == [b"a.*", b".*b"]


def test_letters_of_latin_1_can_be_written_as_a_class() -> None:
    """Each is one octet."""
    assert hits("Gr[öo][ßs]e".encode("latin-1"), "Größe".encode("latin-1"))


def test_case_is_ignored_for_letters_of_ascii_only() -> None:
    """RE2 knows no other letters where it matches octets; the README says so."""
    assert hits("(?i)größe".encode("latin-1"), "GRößE".encode("latin-1"))
    assert not hits("(?i)größe".encode("latin-1"), "GRÖßE".encode("latin-1"))


def test_every_pattern_that_re2_refuses_is_named() -> None:
    """With its place and the reason, all at once."""
    bad = {b"subject": [rule(b"(", "a:1"), rule(b"fine", "a:2"), rule(b"(?=x)", "a:3")], b"to": [rule(rb"\1", "b:9")]}
    with pytest.raises(ConfigError) as caught:
        compile_rules(bad)
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[0] for line in lines] == ["a:1", "a:3", "b:9"]
    assert "missing )" in lines[0]


def test_rules_that_need_too_much_memory_are_refused() -> None:
    """Memory has a bound, and it is found when the plugin starts."""
    with pytest.raises(ConfigError, match="need more than"):
        matcher(*(b".*%d.{900}%d.{900}" % (number, number) for number in range(100)))


def test_a_rule_that_hangs_other_engines_does_not_hang() -> None:
    """RE2 has no way back, so nothing is tried twice."""
    made = matcher(b"(a+)+b", b"(a|aa)+c", b"(.*)*d")
    started = time.process_time()
    assert made.hits(b"a" * 100_000) == []
    assert time.process_time() - started < 1


def test_re2_is_loaded_only_for_rules() -> None:
    """Listing plugins, or running one without rules, does not pay for it."""
    code = "import sys; from qsfilter_headers import Headers; Headers().start(); sys.exit('re2' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
