"""Checking the options of a table, and making the plugin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pytest

from qsfilter.errors import ConfigError
from qsfilter.hookspecs import plugin
from qsfilter.options import checked, make, unknown_key

WHERE = "qsfilter.toml: plugins.mine"


@plugin
class Mine:
    """A plugin with options of every sort."""

    server: str
    seconds: float = 1.0
    count: int = 1
    quick: bool = False
    files: tuple[str, ...] = ()
    legacy: str | tuple[str, ...] = ()
    bound: int | None = None
    table: dict[str, int] | None = None
    anything: Any = None
    level: Literal["low", "high"] = "low"

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        if self.count < 0:
            raise ConfigError("count: takes a number from 0 up")
        if self.count > 1000:
            raise ValueError("count: too many")


def made(**table: object) -> Mine:
    """Make the plugin with the options TABLE."""
    plugin_: Mine = make(Mine, {"server": "x", **table}, WHERE)
    return plugin_


def refused(**table: object) -> str:
    """Return the error for the options TABLE."""
    with pytest.raises(ConfigError) as caught:
        made(**table)
    return str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("server", "y", "y"),
        ("seconds", 2.5, 2.5),
        ("seconds", 2, 2.0),
        ("count", 7, 7),
        ("quick", True, True),
        ("files", [], ()),
        ("files", ["a", "b"], ("a", "b")),
        ("legacy", "a", "a"),
        ("legacy", ["a"], ("a",)),
        ("bound", 3, 3),
        ("table", {"a": 1}, {"a": 1}),
        ("anything", [1], [1]),
        ("level", "high", "high"),
    ],
    ids=str,
)
def test_a_right_option_is_taken(key: str, value: object, expected: object) -> None:
    """Lists of TOML become tuples, so that the plugin is a value."""
    found = getattr(made(**{key: value}), key)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("server", 1, "server: takes str, not int"),
        ("server", ["x"], "server: takes str, not list"),
        ("seconds", "1", "seconds: takes float, not str"),
        ("seconds", True, "seconds: takes float, not bool"),
        ("count", 1.5, "count: takes int, not float"),
        ("count", True, "count: takes int, not bool"),
        ("quick", 1, "quick: takes bool, not int"),
        ("files", "a", "files: takes a list of str, not str"),
        ("files", ["a", 1], "files[1]: takes str, not int"),
        ("legacy", 1, "legacy: takes str or a list of str, not int"),
        ("table", [], "table: takes dict or NoneType, not list"),
    ],
    ids=str,
)
def test_a_wrong_type_is_refused(key: str, value: object, text: str) -> None:
    """With file, table, key, and what it takes."""
    assert refused(**{key: value}) == f"{WHERE}.{text}"


def test_a_word_that_is_none_of_the_choices_is_refused() -> None:
    """With those that there are."""
    text = refused(level="middle")
    assert text.startswith(f"{WHERE}.level: ")
    assert "low" in text
    assert "high" in text


def test_an_unknown_key_is_refused_with_the_nearest() -> None:
    """A misspelt option never does nothing."""
    assert refused(file=["a"]) == f"{WHERE}: unknown key 'file'; did you mean 'files'?"


def test_an_unknown_key_without_a_near_one_is_refused_with_all() -> None:
    """In the order of their names."""
    known = "anything, bound, count, files, legacy, level, quick, seconds, server, table"
    assert refused(zzz=1) == f"{WHERE}: unknown key 'zzz'; known are {known}"


def test_a_key_where_none_is_known_is_refused() -> None:
    """A plugin need not have options."""
    assert str(unknown_key(WHERE, "x", ())) == f"{WHERE}: unknown key 'x'; known are none"


def test_an_option_without_a_default_must_be_set() -> None:
    """By its name."""
    with pytest.raises(ConfigError, match=r"plugins\.mine: server must be set$"):
        make(Mine, {}, WHERE)


@pytest.mark.parametrize("count", [-1, 5000])
def test_what_the_plugin_refuses_is_refused_with_its_place(count: int) -> None:
    """Whether it raises an error of ours or of Python's."""
    assert refused(count=count).startswith(f"{WHERE}: count: ")


def test_a_class_that_is_no_plugin_is_refused() -> None:
    """With its name."""

    class Other:
        """Forgot the mark."""

    with pytest.raises(ConfigError, match=r"Other is not marked @plugin$"):
        make(Other, {}, WHERE)


def test_what_is_no_option_can_not_be_set() -> None:
    """A field that the plugin fills itself."""
    from dataclasses import field

    @dataclass(frozen=True, kw_only=True)
    class Filling:
        """Fills a field."""

        made: int = field(default=1, init=False)

    with pytest.raises(ConfigError, match="unknown key 'made'"):
        make(Filling, {"made": 2}, WHERE)


@pytest.mark.parametrize("expected", [Any, object])
def test_some_options_take_anything(expected: object) -> None:
    """The plugin checks by itself."""
    value = [1, "x"]
    assert checked(value, expected, WHERE) is value


def test_an_annotation_for_type_checkers_only_is_no_error() -> None:
    """Its name is not there at run time; the other options work."""

    @dataclass(frozen=True, kw_only=True)
    class Lazy:
        """Names a type that is not imported."""

        option: Unimported = None  # type: ignore[name-defined]  # noqa: F821
        count: int = 1

    assert make(Lazy, {"option": 3, "count": 2}, WHERE).count == 2
