"""The command line: `qsfilter COMMAND`; each command is a module of its name, of the core or of a plugin.

Guarantee: a plugin's command is loaded when it is asked for, or for the list of all; one that can't be loaded is told
and holds up no other.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from qsfilter import discovery
from qsfilter.cli import (
    build_front,
    bypass,
    check,
    demo,
    explain,
    init,
    metrics,
    migrate,
    outbox,
    plugins,
    quarantine,
    replay,
    selftest,
    serve,
    softlimit,
)
from qsfilter.errors import QsfilterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
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
    demo,
)
USAGE_ERROR = 2
EPILOG = """\
exit codes: 0 all is well; 1 something was found (a problem, a test that failed, a message that would not be
delivered); 2 wrong usage or input that can't be read; 55 the configuration can't be used"""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Print MESSAGE and exit with 2."""
        self.exit(USAGE_ERROR, f"{self.prog}: {message}; see {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in ARGUMENTS (default: those of the process) and return its exit code; never a traceback."""
    parser = Parser(
        prog="qsfilter",
        description="The content filter for mail queues that you program in Python.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    given = sys.argv[1:] if arguments is None else list(arguments)
    for name, command in _commands(given[0] if given else ""):
        text = (command.__doc__ or "").strip()
        subparser = subparsers.add_parser(
            name,
            help=text.splitlines()[0],
            description=text,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names may hold what a terminal has no letters for
            stream.reconfigure(errors="backslashreplace")
    chosen = parser.parse_args(given)
    try:
        code: int = chosen.run(chosen)
    except QsfilterError as error:
        print(f"qsfilter: {error}", file=sys.stderr)
        return error.exit
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            print(f"qsfilter: {error.filename or 'error'}: {error.strerror or error}", file=sys.stderr)
            return 1
        # as with `qsfilter explain … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _commands(wanted: str) -> Iterator[tuple[str, ModuleType]]:
    """Yield the core's commands, and those of plugins unless WANTED is one of the core's."""
    own = {command.__name__.rpartition(".")[2].replace("_", "-"): command for command in COMMANDS}
    yield from own.items()
    if wanted in own:
        return
    for name, point in discovery.commands().items():
        if name in own or (not wanted.startswith("-") and name != wanted):
            continue
        try:
            yield name, point.load()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever is wrong with it, the others are wanted
            print(f"qsfilter: {point.value}: {type(error).__name__}: {error}", file=sys.stderr)
