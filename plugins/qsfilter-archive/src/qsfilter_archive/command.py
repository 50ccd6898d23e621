"""verify the manifest of an archive, print its head, and find copies

examples: qsfilter archive verify --since 2027-01-01
          qsfilter archive head
          qsfilter archive find --sender @example.org --since 7d
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from qsfilter import ConfigError
from qsfilter.cli.moment import beginning, ending
from qsfilter.cli.progress import Progress
from qsfilter.cli.settings import add_config
from qsfilter.cli.table import table
from qsfilter.config import load
from qsfilter.edge import DEFAULT_PATH
from qsfilter.names import printable, shown
from qsfilter.patterns import checked_address
from qsfilter_archive import Archive
from qsfilter_archive.lines import START
from qsfilter_archive.manifest import CHAIN, end, locked
from qsfilter_archive.places import boxes, files
from qsfilter_archive.search import copies
from qsfilter_archive.verification import verify

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("add_arguments", "run")
USAGE_ERROR = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's actions and their options."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    verifying = actions.add_parser("verify", help="read all copies, and tell what is missing, changed or not listed")
    verifying.add_argument("--head", type=_hash, metavar="HASH", help="a line that has to be there")
    verifying.add_argument(
        "--since", type=beginning, metavar="DATE|AGE", help="older copies may be gone, and are not read"
    )
    heading = actions.add_parser("head", help="number, time and hash of the last line, to be kept elsewhere")
    finding = actions.add_parser("find", help="one line for each copy, the newest of a folder last")
    finding.add_argument("--sender", type=_address, metavar="PATTERN", help="user@domain, @domain, <> …")
    finding.add_argument("--recipient", type=_address, metavar="PATTERN", help="likewise, one of its recipients")
    finding.add_argument("--since", type=beginning, default=0.0, metavar="DATE|AGE", help="kept from then on")
    finding.add_argument(
        "--until", type=ending, default=float("inf"), metavar="DATE|AGE", help="kept before the end of that day"
    )
    chosen: tuple[tuple[argparse.ArgumentParser, Callable[..., int], str], ...] = (
        (verifying, _verified, "one JSON object a line for each trouble, and one at the end"),
        (heading, _headed, "one JSON object"),
        (finding, _found, "one JSON object a line"),
    )
    for action, deed, what in chosen:
        action.set_defaults(action=deed)
        action.add_argument("--json", action="store_true", help=what)
        action.add_argument("--path", metavar="FOLDER", help="the archive (default: the configuration's)")
        add_config(action, DEFAULT_PATH)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; return 1 where something is missing or changed, or nothing was found; 2 without an archive."""
    path = arguments.path or _configured(arguments.config)
    if not os.path.isdir(path):
        print(f"qsfilter: there is no folder {printable(path)}", file=sys.stderr)
        return USAGE_ERROR
    done: int = arguments.action(path, arguments)
    return done


def _configured(config: str | None) -> str:
    plugins = (entry.plugin for entry in load(config).setup.registry.entries)
    paths = [plugin.path for plugin in plugins if isinstance(plugin, Archive)]
    if len(paths) != 1:
        said = "several tables use" if paths else "no table uses"
        raise ConfigError(f"{said} the plugin archive; name the folder by --path")
    return paths[0]


def _verified(path: str, arguments: argparse.Namespace) -> int:
    since = "" if arguments.since is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(arguments.since))
    progress = _progress(path)
    found = verify(path, since, arguments.head or "", progress.step)
    progress.clear()
    last = found.last
    for trouble in found.troubles:
        if arguments.json:
            print(json.dumps(trouble._asdict()))
        else:
            print(f"{trouble.what:<16} {printable(trouble.where)}  {printable(trouble.detail)}".rstrip())
    if arguments.json:
        told = {"sound": found.sound, "lines": found.lines, "copies": found.copies, "head_at": found.head_at}
        print(json.dumps({**told, "number": last.number if last else 0, "head": last.hash if last else START}))
    else:
        said = "is sound" if found.sound else "is NOT as it was left"
        to = f"; line {found.head_at} is the one that was asked for" if found.head_at > 0 else ""
        print(f"the archive {said}: {found.lines} lines, {found.copies} copies read{to}")
    return int(not found.sound)


def _headed(path: str, arguments: argparse.Namespace) -> int:
    with locked(path, CHAIN, writing=False):
        last, _, _ = end(path)
    number, stamp, head = (last.number, last.time, last.hash) if last else (0, "-", START)
    if arguments.json:
        print(json.dumps({"number": number, "time": stamp, "head": head}))
    else:
        print(number, stamp, head)
    return int(last is None)


def _found(path: str, arguments: argparse.Namespace) -> int:
    wanted = (arguments.sender or "", arguments.recipient or "", arguments.since, arguments.until)
    progress = _progress(path)
    found = []
    for copy in copies(path, *wanted, progress.step):
        if arguments.json:
            progress.clear()
            print(json.dumps(copy))
        found.append(_row(copy))
    progress.clear()
    if not arguments.json:
        print(table(("kept", "action", "bytes", "from", "to", "file"), found))
    return int(not found)


def _row(copy: dict[str, Any]) -> tuple[str, ...]:
    return (
        time.strftime("%Y-%m-%d %H:%M", time.localtime(copy["kept"])),
        printable(copy["decision"]["action"]),
        str(copy["size"]),
        _text(copy["sender"]),
        " ".join(map(_text, copy["recipients"]))[:60],
        printable(copy["file"] or "gone"),
    )


def _text(coded: str) -> str:
    return shown(b64decode(coded).decode("utf-8", "backslashreplace"))[1:-1]


def _progress(path: str) -> Progress:
    return Progress(lambda: sum(len(files(path, folder)) for folder in boxes(path)))


def _hash(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise argparse.ArgumentTypeError("takes the 64 digits that `qsfilter archive head` prints")
    return text


def _address(text: str) -> str:
    try:
        return checked_address(text, "it")
    except ConfigError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
