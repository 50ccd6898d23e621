"""read the settings out of a Qmail-Scanner, and write a configuration that does the same

The script is read as text and never run: its variables, and the configure line in the comment at its top. Each setting
is named with what became of it. What has no equivalent is listed at the end, with what to do instead; the exit code is
1 then, and the configuration is written all the same.

example: qsfilter migrate /var/qmail/bin/qmail-scanner-queue.pl --output -
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from qsfilter.cli.build_front import wrapper_beside_us
from qsfilter.cli.table import labelled, table
from qsfilter.cli.terminal import columns
from qsfilter.edge import DEFAULT_PATH
from qsfilter.errors import ConfigError
from qsfilter.migrating.fates import NOTHING
from qsfilter.migrating.old_settings import read
from qsfilter.migrating.taking_over import configuration, fates
from qsfilter.names import printable
from qsfilter.setting_up.bounded_reading import text
from qsfilter.setting_up.output_file import STANDARD_OUTPUT, refuse_existing, write

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from qsfilter.migrating.fates import Fate
    from qsfilter.migrating.old_settings import OldSettings

UNREADABLE = 2
WIDEST = 60
"""Characters of an old setting in the table; the file has it whole."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("script", metavar="SCRIPT", help="the old qmail-scanner-queue.pl")
    parser.add_argument(
        "--output", metavar="FILE", default=DEFAULT_PATH, help="where to write, - for here (default: %(default)s)"
    )
    parser.add_argument("--force", action="store_true", help="write over a file that is there")
    parser.add_argument("--json", action="store_true", help="print what became of each setting as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Write the configuration and say what became of each setting.

    Return 1 where one of them has no equivalent, 2 where SCRIPT can't be read or is no Qmail-Scanner. Raises OSError
    where the configuration can't be written.
    """
    refuse_existing(arguments.output, force=arguments.force)
    try:
        old = read(text(arguments.script), arguments.script)
    except (OSError, ConfigError) as error:
        why = f"{arguments.script}: {error.strerror or error}" if isinstance(error, OSError) else str(error)
        print(f"qsfilter migrate: {printable(why)}", file=sys.stderr)
        return UNREADABLE
    found = fates(old)
    write(configuration(found, arguments.script), arguments.output, force=arguments.force)
    # What is piped on is the configuration alone.
    told = sys.stderr if arguments.output == STANDARD_OUTPUT else sys.stdout
    if arguments.json:
        print(json.dumps(_object(arguments.script, old, found)), file=told)
    else:
        print("\n".join(_lines(arguments, old, found, columns(told))), file=told)
    return int(any(fate.what == NOTHING for fate in found))


def _object(script: str, old: OldSettings, found: list[Fate]) -> dict[str, object]:
    listed = [
        {
            "old": fate.old,
            "what": fate.what,
            "text": fate.text,
            "settings": [
                {"table": one.table, "key": one.key, "value": one.value, "on": one.on} for one in fate.settings
            ],
        }
        for fate in found
    ]
    return {"script": script, "version": old.version, "differences": list(old.differences), "settings": listed}


def _lines(arguments: argparse.Namespace, old: OldSettings, found: list[Fate], wide: int) -> Iterator[str]:
    """Yield the table of what became of what, then what needs a look, then what to do next; folded to WIDE columns."""
    yield f"Qmail-Scanner {printable(old.version) or 'of an unknown version'}, {printable(arguments.script)}"
    rows = [(_short(fate.old), _keys(fate), fate.text) for fate in found if fate.what != NOTHING]
    yield from ("", table(("old setting", "is now", "namely"), rows, wide))
    if old.differences:
        yield from ("", "changed by hand:", *(labelled("  ", printable(one), wide) for one in old.differences))
    if lost := [fate for fate in found if fate.what == NOTHING]:
        yield from ("", "without an equivalent:")
        yield from (labelled("  ", f"{_short(fate.old)}: {printable(fate.text)}", wide) for fate in lost)
    config = "FILE" if arguments.output == STANDARD_OUTPUT else arguments.output
    wrapper = wrapper_beside_us()
    if arguments.output != STANDARD_OUTPUT:
        yield from ("", f"written: {config}")
    yield from ("", "next:")
    yield f"  qsfilter check --config {config}"
    yield f"  qsfilter selftest --config {config}"
    yield f'  in the rules of tcpserver, put QMAILQUEUE="{wrapper}" in the place of {printable(arguments.script)}'
    yield "to go back: put the old path there again, and run tcprules"


def _keys(fate: Fate) -> str:
    """Return what FATE sets, by table; where it sets nothing, what it is."""
    keys: dict[str, list[str]] = {}
    for setting in fate.settings:
        if setting.on:
            keys.setdefault(setting.table, []).append(setting.key)
    told = [" ".join(filter(None, (f"[{table}]" if table else "", *names))) for table, names in keys.items()]
    return " ".join(told) or fate.what


def _short(old: str) -> str:
    shown = printable(old)
    return shown if len(shown) <= WIDEST else f"{shown[: WIDEST - 1]}…"
