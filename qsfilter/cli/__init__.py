"""The command line: `qsfilter COMMAND`.

Guarantees: never a traceback for what a user, a file or an interruption does; what went wrong is one line on standard
error, and what could not be printed is never code 0. Little is imported until an interruption is looked after.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsfilter.cli.commands import COMMANDS, EPILOG
    from qsfilter.cli.parser import Parser

__all__ = ("COMMANDS", "EPILOG", "Parser", "main")
INTERRUPTED = 130


def __getattr__(name: str) -> object:
    """Fetch a public word from `commands` when it is first used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from qsfilter.cli import commands  # noqa: PLC0415 - it imports every command

    return getattr(commands, name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in ARGUMENTS (default: those of the process) and return its exit code; never a traceback."""
    try:
        return _ended(sys.argv[1:] if arguments is None else list(arguments))
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        _forget_what_nobody_takes()


def _ended(given: list[str]) -> int:
    """Run the command in GIVEN, and return its code or that of what kept it from ending well."""
    _open_closed_streams()
    from qsfilter.errors import QsfilterError  # noqa: PLC0415 - an interruption is looked after from here on
    from qsfilter.names import printable  # noqa: PLC0415 - as above

    try:
        try:
            return _run(given)
        finally:
            sys.stdout.flush()  # not at the end of the interpreter, where a full disk has no code of its own
    except QsfilterError as error:
        from qsfilter.cli.settings import told  # noqa: PLC0415 - it imports much, and is rarely needed

        _say(printable(told(error)))
        return error.exit
    except OSError as error:
        if not isinstance(error, BrokenPipeError):  # as with `qsfilter explain … | head`
            where = "" if error.filename is None else f"{error.filename}: "
            _say(printable(f"{where}{error.strerror or error}"))
        with suppress(OSError):  # what is still to be printed goes nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(given: list[str]) -> int:
    from qsfilter.cli.commands import parser_of  # noqa: PLC0415 - as above

    chosen = parser_of(given[0] if given else "--help").parse_args(given)
    code: int = chosen.run(chosen)
    return code


def _open_closed_streams() -> None:
    """Let no file that is opened later become a standard stream; reading and printing there fail, as they should."""
    for number, name, how in ((0, "stdin", os.O_WRONLY), (1, "stdout", os.O_RDONLY), (2, "stderr", os.O_WRONLY)):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, how)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # a test's stream may have none
        if reconfigure:  # names may hold what a terminal has no letters for
            reconfigure(errors="backslashreplace")


def _forget_what_nobody_takes() -> None:
    """Let what could not be written to standard error go nowhere; else the interpreter's end fails (code 120)."""
    try:
        sys.stderr.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _say(text: str) -> None:
    with suppress(OSError):
        print(f"qsfilter: {text}", file=sys.stderr)
