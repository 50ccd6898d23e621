"""The commands and their parser; each command is a module of its name, of the core or of a plugin.

Guarantee: a plugin's command is loaded when it is asked for, or for the list of all; one that can't be loaded, or is no
command, is told and holds up no other.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from qsfilter import discovery
from qsfilter.cli import (
    build_front,
    bypass,
    check,
    completion,
    demo,
    explain,
    init,
    metrics,
    migrate,
    new_plugin,
    new_rule,
    outbox,
    plugins,
    quarantine,
    replay,
    selftest,
    serve,
    softlimit,
)
from qsfilter.cli.parser import Parser, Version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

COMMANDS = (
    init,
    migrate,
    check,
    explain,
    replay,
    plugins,
    selftest,
    quarantine,
    outbox,
    metrics,
    serve,
    build_front,
    bypass,
    softlimit,
    completion,
    new_rule,
    new_plugin,
    demo,
)
EPILOG = """\
exit codes: 0 all is well; 1 something was found (a problem, a test that failed, a message that would not be
delivered); 2 wrong usage or input that can't be read; 55 the configuration can't be used; 130 interrupted"""


def parser_of(wanted: str = "--help") -> Parser:
    """Return the parser of the command WANTED among the others of the core; with `--help`, of all there are."""
    parser = Parser(
        prog="qsfilter",
        description="The content filter for mail queues that you program in Python; which one, --version says.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action=Version, help="print the version of qsfilter")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, command in _commands(wanted):
        text = (command.__doc__ or "").strip()
        subparser = subparsers.add_parser(
            name,
            help=text.splitlines()[0],
            description=text,
        )
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


def _commands(wanted: str) -> Iterator[tuple[str, ModuleType]]:
    """Yield the core's commands, and that of a plugin if WANTED names it; all of plugins if it names none."""
    own = {command.__name__.rpartition(".")[2].replace("_", "-"): command for command in COMMANDS}
    yield from own.items()
    if wanted in own:
        return
    points = discovery.commands()
    for name, point in points.items():
        if name in own or (wanted in points and name != wanted):
            continue
        try:
            command = _tried(point.load())
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever is wrong with it, the others are wanted
            print(f"qsfilter: {point.value}: {type(error).__name__}: {error}", file=sys.stderr)
        else:
            yield name, command


def _tried(command: ModuleType) -> ModuleType:
    """Return COMMAND if it is one. Raises TypeError, and what its `add_arguments` raises on a parser for nothing."""
    if not (command.__doc__ or "").strip() or not callable(getattr(command, "run", None)):
        raise TypeError("a command has a docstring, which is its help, and a function `run`")
    command.add_arguments(argparse.ArgumentParser())
    return command
