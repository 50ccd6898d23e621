"""Values are read out of tables as they are, or the mistake is named with its place."""

from __future__ import annotations

from typing import Any

import pytest

from qsfilter import tables
from qsfilter.errors import ConfigError


def test_a_table_is_a_copy() -> None:
    whole: dict[str, Any] = {"a": {"b": 1}}
    found = tables.table(whole, "a", "c.toml")
    found["b"] = 2
    assert whole == {"a": {"b": 1}}
    assert tables.table(whole, "other", "c.toml", ()) == {}


@pytest.mark.parametrize("given", [1, "x", [], [{}], None])
def test_what_is_no_table_is_named(given: object) -> None:
    with pytest.raises(ConfigError, match=r"c\.toml: a"):
        tables.table({"a": given}, "a", "c.toml")


def test_an_unknown_key_is_named_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"c\.toml: a.*sokcet.*socket"):
        tables.table({"a": {"sokcet": 1}}, "a", "c.toml", ("socket", "workers"))


def test_a_choice_is_one_of_those_known() -> None:
    assert tables.choice("b", ("a", "b"), "c.toml: x") == "b"
    for wrong in ("B", "", 1, None, ["b"]):
        with pytest.raises(ConfigError, match=r"c\.toml: x: takes one of a, b"):
            tables.choice(wrong, ("a", "b"), "c.toml: x")


@pytest.mark.parametrize(("given", "read"), [(1, 1.0), (0.5, 0.5), (10**9, 1e9)])
def test_a_positive_number(given: float, read: float) -> None:
    assert tables.positive(given, "c.toml: x") == read


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), float("inf"), float("-inf"), "1", True, None, [1]])
def test_what_is_no_positive_number_is_named(wrong: object) -> None:
    with pytest.raises(ConfigError, match=r"c\.toml: x"):
        tables.positive(wrong, "c.toml: x")


def test_a_count() -> None:
    assert tables.count(1, "c.toml: x") == 1
    assert tables.count(10**12, "c.toml: x") == 10**12


@pytest.mark.parametrize("wrong", [0, -1, 1.0, "1", True, None])
def test_what_is_no_count_is_named(wrong: object) -> None:
    with pytest.raises(ConfigError, match=r"c\.toml: x"):
        tables.count(wrong, "c.toml: x")
