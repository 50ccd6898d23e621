"""`problems()`: what a plugin's author is told before the plugin meets mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.builtin.mime_reader import MimeReader
from qsfilter.builtin.quarantine import Quarantine
from qsfilter.builtin.stream_unpacker import StreamUnpacker
from qsfilter.builtin.tar_unpacker import TarUnpacker
from qsfilter.builtin.zip_unpacker import ZipUnpacker
from qsfilter.hookspecs import HOOKS, hookimpl, plugin
from qsfilter.testing import problems

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    import qsfilter
    from qsfilter import Context, Finding, Message, Part


@plugin
class Good:
    """Does everything right."""

    option: int = 1
    """An option."""

    @hookimpl
    def scan(self, message: Message, ctx: Context) -> Iterator[Finding]:
        """Find nothing."""
        yield from ()


def test_a_good_plugin_has_none() -> None:
    """An empty list."""
    assert problems(Good()) == []


def test_the_built_in_plugins_have_none() -> None:
    """They are registered like any other."""
    for built_in in (MimeReader(), ZipUnpacker(), TarUnpacker(), StreamUnpacker(), Quarantine(path="x")):
        assert problems(built_in) == []


def test_what_registration_refuses_comes_first() -> None:
    """In its own words."""

    @plugin
    class Unmarked:
        """Forgot the mark."""

        def scan(self) -> None:
            """Find nothing."""

    assert problems(Unmarked())[0] == "plugin plugin: scan() is not marked @hookimpl, so it would never be called"


def test_a_plugin_must_be_marked() -> None:
    """Its options could not be set otherwise."""

    class Plain:
        """Forgot the mark of the class."""

        @hookimpl
        def scan(self) -> None:
            """Find nothing."""

    assert problems(Plain()) == ["Plain is not marked @plugin"]


def test_a_plugin_must_not_compare_by_value() -> None:
    """Two of a kind would be one."""

    @dataclass(frozen=True, kw_only=True)
    class Compared:
        """Is a dataclass of the usual sort."""

        @hookimpl
        def scan(self) -> None:
            """Find nothing."""

    assert problems(Compared()) == ["Compared compares by value; use @plugin, not @dataclass"]


def test_a_plugin_must_say_what_it_does() -> None:
    """The text that dataclasses make says nothing."""

    @plugin
    class Silent:
        @hookimpl
        def scan(self) -> None:
            """Find nothing."""

    assert problems(Silent()) == ["Silent has no docstring"]


def test_a_plugin_must_have_a_hook() -> None:
    """It would never be asked."""

    @plugin
    class Idle:
        """Does nothing."""

    assert problems(Idle()) == [f"Idle implements no hook; known are {', '.join(HOOKS)}"]


def test_an_unknown_argument_is_told_with_those_that_there_are() -> None:
    """Beside what registration says."""

    @plugin
    class Asking:
        """Asks for what there is not."""

        @hookimpl
        def scan(self, mail: Message) -> None:
            """Find nothing."""

    assert "scan() has no argument 'mail'; it has message, ctx" in problems(Asking())


def test_a_wrong_annotation_is_told() -> None:
    """The argument is something else than its name was taken for."""

    @plugin
    class Confused:
        """Takes a message for a part."""

        @hookimpl
        def scan(self, message: Part) -> None:
            """Find nothing."""

    assert problems(Confused()) == ["scan(message: Part) should be Message"]


def test_an_annotation_may_name_its_module() -> None:
    """However the plugin imports it."""

    @plugin
    class Qualified:
        """Writes types in full."""

        @hookimpl
        def decide(self, message: qsfilter.Message, findings: tuple[qsfilter.Finding, ...]) -> None:
            """Have no opinion."""

    assert problems(Qualified()) == []


def test_an_argument_need_not_be_annotated() -> None:
    """Types are for those who want them."""

    @plugin
    class Untyped:
        """Has no annotations."""

        @hookimpl
        def scan(self, message) -> Any:  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN401
            """Find nothing."""

    assert problems(Untyped()) == []


def test_an_option_without_a_docstring_is_told() -> None:
    """Who sets it has to know what it is."""

    @plugin
    class Undocumented:
        """Has an option that nobody explains."""

        option: int = 1

        @hookimpl
        def scan(self) -> None:
            """Find nothing."""

    (text,) = problems(Undocumented())
    assert "option" in text
