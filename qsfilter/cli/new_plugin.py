"""write the folder of a new plugin, with tests that pass and the shape of our own plugins

It is made as qsfilter-NAME, and nothing that is there is written over. Its hooks do something small that can be tried;
you put what you want in their place.

examples: qsfilter new-plugin hash-list
          qsfilter new-plugin hash-list --hooks scan,decide --folder plugins
"""

from __future__ import annotations

import json
import os
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

from qsfilter.hookspecs import HOOKS, PROJECT
from qsfilter.scaffold.names import plugin_names
from qsfilter.scaffold.new_files import refuse_existing, write

if TYPE_CHECKING:
    import argparse

    from qsfilter.scaffold.names import PluginNames

DEFAULT = "scan,check"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("name", metavar="NAME", type=_names, help="as hash-list; the package is qsfilter-hash-list")
    parser.add_argument(
        "--hooks",
        metavar="HOOKS",
        type=_hooks,
        default=_hooks(DEFAULT),
        help=f"which of {', '.join(HOOKS)}, with commas between them; about is always there (default: {DEFAULT})",
    )
    parser.add_argument("--folder", metavar="DIR", default=".", help="where to make it (default: here)")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Write the folder and say what to do next; return 0. Raises OSError."""
    from importlib.metadata import version  # noqa: PLC0415 - 25 ms that no other command needs

    from qsfilter.scaffold.contents import plugin_files  # noqa: PLC0415 - it loads a parser of Python

    names: PluginNames = arguments.name
    folder = os.path.join(arguments.folder, names.distribution)
    refuse_existing(folder)
    files = plugin_files(names, arguments.hooks, version(PROJECT))
    write(folder, files)
    if arguments.json:
        print(json.dumps({"folder": folder, "files": list(files)}))
        return 0
    shown = os.path.normpath(folder)
    for name in files:
        print(os.path.join(shown, name))
    print(f"\nnext:\n  pip install -e {shown} pytest\n  pytest {shown}")
    return 0


def _names(text: str) -> PluginNames:
    """Read NAME. Raises ArgumentTypeError."""
    try:
        return plugin_names(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def _hooks(text: str) -> tuple[str, ...]:
    """Read a list of hooks. Raises ArgumentTypeError."""
    found = tuple(name.strip() for name in text.split(","))
    for name in found:
        if name not in HOOKS:
            raise ArgumentTypeError(f"there is no hook {name!r}; known are {', '.join(HOOKS)}")
    return found
