"""The suite that plugins' authors inherit: the built-in plugins pass it, and plugins that break the contract don't."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from qsfilter.builtin.mime_reader import MimeReader
from qsfilter.builtin.quarantine import Quarantine
from qsfilter.builtin.stream_unpacker import StreamUnpacker
from qsfilter.builtin.tar_unpacker import TarUnpacker
from qsfilter.builtin.zip_unpacker import ZipUnpacker
from qsfilter.hookspecs import hookimpl, plugin
from qsfilter.testing.contract import PluginContract
from qsfilter.words import note

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qsfilter.model import Finding, Message


@plugin
class ReaderAgain(MimeReader):
    """Reads MIME, beside the one that is always there."""


@plugin
class ZipAgain(ZipUnpacker):
    """Opens zip, beside the one that is always there."""


@plugin
class TarAgain(TarUnpacker):
    """Opens tar, beside the one that is always there."""


@plugin
class StreamsAgain(StreamUnpacker):
    """Opens compressed files, beside the one that is always there."""


@plugin
class QuarantineAgain(Quarantine):
    """Keeps mail, beside the one that is always there."""


class TestMimeReader(PluginContract):
    """The MIME reader."""

    def make(self) -> object:
        """Make one."""
        return ReaderAgain()


class TestZipUnpacker(PluginContract):
    """The zip unpacker."""

    def make(self) -> object:
        """Make one."""
        return ZipAgain()


class TestTarUnpacker(PluginContract):
    """The tar unpacker."""

    def make(self) -> object:
        """Make one."""
        return TarAgain()


class TestStreamUnpacker(PluginContract):
    """The unpacker of compressed files."""

    def make(self) -> object:
        """Make one."""
        return StreamsAgain()


class TestQuarantine(PluginContract):
    """The quarantine."""

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def make(self) -> object:
        """Make one in a folder of its own."""
        return QuarantineAgain(path=str(self.folder))


# --- the suite finds what breaks the contract -----------------------------------------------------------------------


def suite(make: Callable[[], object]) -> PluginContract:
    """Return the suite for what MAKE makes."""

    class Suite(PluginContract):
        """Tests it."""

        def make(self) -> object:
            """Make one."""
            return make()

    return Suite()


@plugin
class Failing:
    """Fails on a message without a Subject."""

    @hookimpl
    def scan(self, message: Message) -> None:
        """Look for the Subject."""
        next(field for field in message.header if field.name == b"Subject")


@plugin
class Remembering:
    """Finds something else each time."""

    seen: list[int]
    """How often it was asked."""

    @hookimpl
    def scan(self, message: Message) -> Finding:
        """Count."""
        self.seen.append(1)
        return note(str(len(self.seen)))


@plugin
class Opening:
    """Opens a file as soon as it is made."""

    kept: list[object]
    """What it holds."""

    def __post_init__(self) -> None:
        """Open it."""
        self.kept.append(open("/dev/null", "rb"))  # noqa: SIM115 - that is what is wrong with it

    @hookimpl
    def scan(self, message: Message) -> None:
        """Find nothing."""


@dataclass
class Changeable:
    """Can be changed."""

    option: int = 1

    @hookimpl
    def scan(self, message: Message) -> None:
        """Find nothing."""


@pytest.mark.parametrize(
    ("make", "test"),
    [
        (Failing, "test_hostile_messages_make_it_neither_fail_nor_raise"),
        (lambda: Remembering(seen=[]), "test_it_finds_the_same_every_time"),
        (Changeable, "test_its_options_are_frozen"),
        (Changeable, "test_registration_finds_no_problem"),
    ],
    ids=["failing", "remembering", "changeable", "compared"],
)
def test_what_breaks_the_contract_is_found(make: Callable[[], object], test: str) -> None:
    """A suite that passed everything would be worth nothing."""
    with pytest.raises(AssertionError):
        getattr(suite(make), test)()


def test_what_is_opened_too_early_is_found() -> None:
    """Before `start` a plugin is a value."""
    kept: list[object] = []
    with pytest.raises(AssertionError):
        suite(lambda: Opening(kept=kept)).test_making_it_does_nothing()
    for file in kept:
        file.close()  # type: ignore[attr-defined]


def test_what_fails_after_a_fork_is_found() -> None:
    """In the child."""

    @plugin
    class Homesick:
        """Works in the process that made it only."""

        process: int
        """Its number."""

        @hookimpl
        def scan(self, message: Message) -> None:
            """Look where it is."""
            import os

            assert os.getpid() == self.process

    import os

    made = Homesick(process=os.getpid())
    with pytest.raises(AssertionError):
        suite(lambda: made).test_it_works_after_a_fork()
