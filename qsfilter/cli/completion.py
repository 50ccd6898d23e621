"""print what makes the shell complete commands, options and files at the TAB key

It is made from the commands that are installed, those of plugins too: print it anew after an upgrade. It needs shtab,
which pip install "qsfilter[completion]" brings; the shell needs nothing, and starts no process for a TAB.

examples: qsfilter completion bash > /etc/bash_completion.d/qsfilter
          qsfilter completion zsh > "${fpath[1]}/_qsfilter"
          qsfilter completion fish > /etc/fish/completions/qsfilter.fish
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from qsfilter.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

SHELLS = ("bash", "zsh", "fish")
FILES = frozenset({"FILE", "PATH", "PROGRAM", "COMPILER", "SCRIPT", "CORPUS", "OLD"})
FOLDERS = frozenset({"FOLDER", "DIR"})
"""What stands for an argument in the help says what it is completed with."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's argument."""
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help="bash, zsh or fish")


def run(arguments: argparse.Namespace) -> int:
    """Print the script; return 0. Raises ConfigError where shtab is not installed."""
    from qsfilter.cli.commands import parser_of  # noqa: PLC0415 - it imports this module

    try:
        import shtab  # noqa: PLC0415 - an extra that no other command needs
    except ImportError as error:
        raise ConfigError('completion needs shtab: pip install "qsfilter[completion]"') from error
    parser = parser_of()
    for one in _parsers(parser):
        one.description = (one.description or "").partition("\n")[0]
        one.formatter_class = argparse.RawDescriptionHelpFormatter  # a shell folds what it shows by itself
        for action in one._actions:  # noqa: SLF001 - as shtab does, there is no other way to them
            first = action.metavar[0] if isinstance(action.metavar, tuple) else action.metavar
            if first in FILES | FOLDERS:
                vars(action)["complete"] = shtab.FILE if first in FILES else shtab.DIRECTORY
    print(shtab.complete(parser, arguments.shell))
    return 0


def _parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield PARSER and those below it."""
    yield parser
    for action in parser._actions:  # noqa: SLF001 - as above
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            for below in action.choices.values():
                yield from _parsers(below)
