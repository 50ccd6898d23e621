"""The parser of the command line: help that fits the terminal, and errors that name what was probably meant.

Guarantees: what is wrong is one line on standard error, safe for a terminal, and code 2; a help that can't be printed
is no success.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn

from qsfilter.hookspecs import PROJECT
from qsfilter.names import LONGEST_SHOWN, printable, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from _typeshed import SupportsWrite

USAGE_ERROR = 2
WIDEST = 100
"""Columns of a text that is read; a terminal may have more."""


class Help(argparse.HelpFormatter):
    """Folds paragraphs to the terminal, and leaves examples as they are typed."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        wide = min(width, WIDEST)
        paragraphs = text.strip().split("\n\n")
        return "\n\n".join(
            one if one.startswith("example") else textwrap.fill(one, wide, initial_indent=indent) for one in paragraphs
        )


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and fails where its help can't be printed."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - as argparse has them
        """Make a parser as argparse does."""
        super().__init__(**{"formatter_class": Help, **settings})

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Print the help to FILE (default: standard output). Raises OSError, of which argparse says nothing."""
        print(self.format_help(), end="", file=file)

    def error(self, message: str) -> NoReturn:
        """Print MESSAGE and exit with 2."""
        self.exit(USAGE_ERROR, f"{self.prog}: {printable(message)}; see {self.prog} --help\n")

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override] # noqa: ANN401 - as above
        """Read ARGS as argparse does, but refuse what is not known, here where its like is known.

        Who says nothing where a command or an action has to follow is told which there are, with code 2.
        """
        given = sys.argv[1:] if args is None else list(args)
        if not given and self._subparsers is not None:
            self.exit(USAGE_ERROR, self.format_help())
        found, unknown = super().parse_known_args(given, namespace)
        if unknown:
            self.error(self._told_unknown(unknown[0]))
        return found, unknown

    def _told_unknown(self, word: str) -> str:
        if not word.startswith("-"):
            return f"takes no argument {shown(word)}"
        option = word.partition("=")[0]
        return f"there is no option {shown(option)}{meant(option, self._option_string_actions)}"

    def _check_value(self, action: argparse.Action, value: object) -> None:
        if action.choices is not None and value not in action.choices:
            known = ", ".join(map(str, action.choices))
            near = meant(str(value), action.choices) or f"; there are {known}"
            raise argparse.ArgumentError(action, f"there is no {shown(str(value))}{near}")


class Version(argparse.Action):
    """Prints the version, which takes time to find out, and ends."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:  # noqa: A002 - the name is argparse's
        """Make an option without a value."""
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print the version and exit with 0."""
        from importlib.metadata import version  # noqa: PLC0415 - 25 ms that no other option needs

        print(f"{PROJECT} {version(PROJECT)}")
        parser.exit()


def meant(word: str, known: Iterable[Any]) -> str:
    """Return the question for what of KNOWN is most like WORD; nothing where nothing is like it."""
    near = get_close_matches(word[:LONGEST_SHOWN], [str(one) for one in known], n=1)
    return f" (did you mean {near[0]}?)" if near else ""
