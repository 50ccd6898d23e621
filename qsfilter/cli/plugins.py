"""list the plugins in force and those installed, with their hooks

example: qsfilter plugins --json
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from qsfilter.cli.settings import add_config, filter_or_default
from qsfilter.cli.table import table
from qsfilter.cli.terminal import columns
from qsfilter.discovery import installed
from qsfilter.edge import DEFAULT_PATH

if TYPE_CHECKING:
    import argparse

    from qsfilter.filter import Filter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--json", action="store_true", help="one JSON object")
    add_config(parser, f"{DEFAULT_PATH} where it is there, else the built-in default")


def run(arguments: argparse.Namespace) -> int:
    """Print the plugins; return 0."""
    rows = _rows(filter_or_default(arguments.config))
    if arguments.json:
        print(json.dumps([dict(zip(("name", "mode", "hooks", "from"), row, strict=True)) for row in rows]))
    else:
        print(table(("plugin", "mode", "hooks", "from"), rows, columns(sys.stdout)))
    return 0


def _rows(chosen: Filter) -> list[tuple[str, str, str, str]]:
    registry = chosen.setup.registry
    rows = []
    for entry in registry.entries:
        hooks = " ".join(name for name, found in registry.hooks.items() if any(hook.entry is entry for hook in found))
        cls = type(entry.plugin)
        rows.append((entry.name, "shadow" if entry.shadow else "enforce", hooks, entry.rule or cls.__module__))
    used = {type(entry.plugin).__module__.partition(".")[0] for entry in registry.entries}
    for name, point in installed().items():
        module = point.value.partition(":")[0]
        if module.partition(".")[0] not in used:
            rows.append((name, "not used", "", module))
    return rows
