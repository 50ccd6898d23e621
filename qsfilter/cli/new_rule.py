"""write the file of a new site rule, in shadow, and a test of it

Nothing that is there is written over. A folder of rules (rules.files) takes the file as it is; the test is not read
with them.

example: qsfilter new-rule no-invoices --folder /etc/qsfilter/rules.d
"""

from __future__ import annotations

import json
import os
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

from qsfilter.scaffold.names import checked
from qsfilter.scaffold.new_files import write

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("name", metavar="NAME", type=_name, help="of rule and file, as no-invoices")
    parser.add_argument("--folder", metavar="DIR", default=".", help="where to write it (default: here)")
    parser.add_argument("--no-test", action="store_true", help="write the rule alone")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Write the files and say what to do next; return 0. Raises OSError."""
    from qsfilter.scaffold.contents import rule_files  # noqa: PLC0415 - it loads a parser of Python

    files = rule_files(arguments.name, test=not arguments.no_test)
    write(arguments.folder, files)
    if arguments.json:
        print(json.dumps({"folder": arguments.folder, "files": list(files)}))
        return 0
    rule, *tests = (os.path.normpath(os.path.join(arguments.folder, name)) for name in files)
    print(*(rule, *tests), sep="\n")
    steps = [f"pytest {tests[0]}"] if tests else []
    print("\nnext:", *steps, f'[rules] in your configuration: files = ["{os.path.abspath(rule)}"]', sep="\n  ")
    return 0


def _name(text: str) -> str:
    """Read NAME. Raises ArgumentTypeError."""
    try:
        return checked(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error
