"""Registration of plugins: what is refused before the first message, and the order in which hooks are asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from qsfilter.errors import PluginError
from qsfilter.hookspecs import HOOKS, hookimpl, plugin
from qsfilter.registry import Entry, Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def refusal(*plugins: object, name: str = "mine") -> str:
    """Return the text with which PLUGINS are refused."""
    entries = [Entry(name=name if index == 0 else f"{name}-{index}", plugin=one) for index, one in enumerate(plugins)]
    with pytest.raises(PluginError) as caught:
        Registry(entries)
    return str(caught.value)


# --- refusals -------------------------------------------------------------------------------------------------------


def test_a_class_is_refused() -> None:
    """A plugin is an object: its options have been set."""

    @plugin
    class Scanner:
        """Forgot to be made."""

    assert refusal(Scanner) == "plugin mine: this is a class; register an object of it"


def test_a_hook_without_its_mark_is_refused() -> None:
    """It would never be called, and its plugin would never find anything."""

    @plugin
    class Scanner:
        """Forgot the mark."""

        def scan(self) -> None:
            """Find nothing."""

    assert refusal(Scanner()) == "plugin mine: scan() is not marked @hookimpl, so it would never be called"


def test_an_option_that_is_a_function_named_like_a_hook_is_refused() -> None:
    """It looks like a hook and would never be called."""

    @dataclass(frozen=True, eq=False)
    class Scanner:
        """Has a hook's name for an option."""

        check: Callable[[], None]

    assert "check() is not marked @hookimpl" in refusal(Scanner(lambda: None))


def test_an_unknown_hook_is_refused(plugin_with: Callable[..., object]) -> None:
    """A misspelt hook is named as wrong, with all that there are."""
    wrong = plugin_with(scann=hookimpl(lambda self: None))
    assert refusal(wrong) == f"plugin mine: there is no such hook; known are {', '.join(HOOKS)}"


def test_an_unknown_argument_is_refused(plugin_with: Callable[..., object]) -> None:
    """A hook can only be given what there is."""
    text = refusal(plugin_with(scan=lambda self, mail: None))
    assert text.startswith("plugin mine: ")
    assert "mail" in text


def test_the_same_object_twice_is_refused(plugin_with: Callable[..., object]) -> None:
    """Two of a kind are two objects."""
    same = plugin_with(scan=lambda self: None)
    assert refusal(same, same).startswith("plugin mine-1: ")


def test_the_same_name_twice_is_refused(plugin_with: Callable[..., object]) -> None:
    """A finding's source must say which plugin it was."""
    entries = [Entry(name="mine", plugin=plugin_with(scan=lambda self: None)) for _ in range(2)]
    with pytest.raises(PluginError, match=r"^plugin mine: "):
        Registry(entries)


@pytest.mark.parametrize("mark", ["tryfirst", "trylast"])
def test_a_hook_that_wants_a_place_is_refused(plugin_with: Callable[..., object], mark: str) -> None:
    """Order means nothing here, so nobody may count on it."""
    wrong = plugin_with()
    object.__setattr__(wrong, "scan", hookimpl(lambda: None, **{mark: True}))
    assert refusal(wrong) == f"plugin mine: scan() asks for {mark}; hooks here have no order and no wrappers"


@pytest.mark.parametrize("mark", ["wrapper", "hookwrapper"])
def test_a_wrapper_is_refused(plugin_with: Callable[..., object], mark: str) -> None:
    """It could take away what another plugin has found."""

    def around() -> Iterator[None]:
        yield

    wrong = plugin_with()
    object.__setattr__(wrong, "scan", hookimpl(around, **{mark: True}))
    assert refusal(wrong) == f"plugin mine: scan() asks for {mark}; hooks here have no order and no wrappers"


def test_keyword_only_parameters_are_refused(plugin_with: Callable[..., object]) -> None:
    """They would never be passed."""

    def scan(self: object, *, message: object) -> None:
        """Be given nothing."""

    text = refusal(plugin_with(scan=scan))
    assert text == "plugin mine: scan() has keyword-only parameters, which would never be passed"


def test_parameters_with_defaults_are_refused(plugin_with: Callable[..., object]) -> None:
    """Their meaning has changed between versions of what passes them."""

    def scan(self: object, message: object = None) -> None:
        """Look at MESSAGE."""

    text = refusal(plugin_with(scan=scan))
    assert text == "plugin mine: scan() has parameters with defaults; take the hook's arguments plainly"


def test_the_first_wrong_plugin_is_named(plugin_with: Callable[..., object]) -> None:
    """The good ones beside it are not."""
    good = plugin_with(scan=lambda self: None)
    wrong = plugin_with(scann=hookimpl(lambda self: None))
    assert refusal(good, wrong).startswith("plugin mine-1: ")


# --- what is registered ---------------------------------------------------------------------------------------------


def test_hooks_are_asked_in_the_order_of_registration(plugin_with: Callable[..., object]) -> None:
    """A trace reads as the configuration does."""
    entries = [Entry(name=name, plugin=plugin_with(scan=lambda self: None)) for name in "cab"]
    assert [hook.entry.name for hook in Registry(entries).hooks["scan"]] == ["c", "a", "b"]


def test_a_plugin_is_asked_only_for_its_hooks(plugin_with: Callable[..., object]) -> None:
    """Every hook has its own list."""
    registry = Registry([Entry(name="mine", plugin=plugin_with(scan=lambda self: None))])
    assert {name for name, found in registry.hooks.items() if found} == {"scan"}
    assert tuple(registry.hooks) == HOOKS


def test_a_hook_is_given_what_it_takes(plugin_with: Callable[..., object]) -> None:
    """It may take fewer arguments than there are, in any order."""
    one = plugin_with(decide=lambda self, ctx, message: (message, ctx))
    (hook,) = Registry([Entry(name="mine", plugin=one)]).hooks["decide"]
    assert hook({"message": 1, "findings": 2, "ctx": 3}) == (1, 3)


def test_a_generator_is_a_hook() -> None:
    """Answers may be yielded."""

    @plugin
    class Scanner:
        """Yields."""

        @hookimpl
        def scan(self) -> Iterator[int]:
            """Yield two answers."""
            yield 1
            yield 2

    (hook,) = Registry([Entry(name="mine", plugin=Scanner())]).hooks["scan"]
    assert list(hook({})) == [1, 2]


def test_two_plugins_with_the_same_options_are_two() -> None:
    """Equality is identity, or two of a kind could not be registered."""

    @plugin
    class Scanner:
        """Has an option."""

        option: int = 1

        @hookimpl
        def scan(self) -> None:
            """Find nothing."""

    registry = Registry([Entry(name="a", plugin=Scanner()), Entry(name="b", plugin=Scanner())])
    assert len(registry.hooks["scan"]) == 2


def test_registration_asks_no_attribute_of_a_plugin() -> None:
    """What is built from options is built when the plugin starts."""

    @plugin
    class Scanner:
        """Has an attribute that can't be had yet."""

        @property
        def rules(self) -> None:
            """Fail."""
            raise AssertionError

        @hookimpl
        def scan(self) -> None:
            """Find nothing."""

    assert Registry([Entry(name="mine", plugin=Scanner())]).hooks["scan"]


def test_what_unpackers_open_is_known(plugin_with: Callable[..., object]) -> None:
    """All of them together tell what is not a checked leaf."""
    first = plugin_with(opens=frozenset({"zip"}), unpack=lambda self: None)
    second = plugin_with(opens=("rar", "7z"), unpack=lambda self: None)
    registry = Registry([Entry(name="a", plugin=first), Entry(name="b", plugin=second)])
    assert registry.opens == {"zip", "rar", "7z"}


def test_what_an_unpacker_in_shadow_opens_does_not_count(plugin_with: Callable[..., object]) -> None:
    """What it finds changes nothing, so a container that only it opens has not been opened."""
    one = plugin_with(opens=frozenset({"7z"}), unpack=lambda self: None)
    assert Registry([Entry(name="a", plugin=one, shadow=True)]).opens == frozenset()


def test_no_plugins_are_no_mistake() -> None:
    """A filter may be nothing but built-ins."""
    assert not any(Registry([]).hooks.values())
