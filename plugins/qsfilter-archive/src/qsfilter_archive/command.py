"""verify the manifest of an archive, print its head, and find copies

examples: qsfilter archive verify --since 2027-01-01
          qsfilter archive head
          qsfilter archive find --sender @example.org --since 7d
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from qsfilter import ConfigError
from qsfilter.cli.actions import add_action
from qsfilter.cli.addresses import address, pattern, several
from qsfilter.cli.moment import beginning, ending
from qsfilter.cli.progress import Progress
from qsfilter.cli.settings import add_config
from qsfilter.cli.table import table
from qsfilter.cli.terminal import columns
from qsfilter.cli.usage import existing_folder
from qsfilter.config import load
from qsfilter.edge import DEFAULT_PATH
from qsfilter.names import printable
from qsfilter_archive import Archive
from qsfilter_archive.lines import START
from qsfilter_archive.manifest import CHAIN, end, locked
from qsfilter_archive.places import boxes, files
from qsfilter_archive.search import copies
from qsfilter_archive.verification import verify

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("add_arguments", "run")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's actions and their options."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    verifying = add_action(
        actions,
        "verify",
        "read all copies, and tell what is missing, changed or not listed",
        "qsfilter archive verify --since 2027-01-01",
    )
    verifying.add_argument("--head", type=_hash, metavar="HASH", help="a line that has to be there")
    verifying.add_argument(
        "--since", type=beginning, metavar="DATE|AGE", help="older copies may be gone, and are not read"
    )
    heading = add_action(
        actions, "head", "number, time and hash of the last line, to be kept elsewhere", "qsfilter archive head --json"
    )
    finding = add_action(
        actions,
        "find",
        "one line for each copy, the newest of a folder last",
        "qsfilter archive find --sender @example.org --since 7d",
    )
    finding.add_argument("--sender", type=pattern, metavar="PATTERN", help="user@domain, @domain, <> …")
    finding.add_argument("--recipient", type=pattern, metavar="PATTERN", help="likewise, one of its recipients")
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
    """Do what was asked; return 1 where something is missing or changed, or nothing was found.

    Raises UsageError (2) without an archive.
    """
    path = existing_folder(arguments.path or _configured(arguments.config))
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
    empty = not (found.lines or found.troubles)  # it may never have been written, or been taken away
    sound = found.sound and not empty
    for trouble in found.troubles:
        if arguments.json:
            print(json.dumps(trouble._asdict()))
        else:
            print(f"{trouble.what:<16} {printable(trouble.where)}  {printable(trouble.detail)}".rstrip())
    if arguments.json:
        told = {"sound": sound, "lines": found.lines, "copies": found.copies, "head_at": found.head_at}
        print(json.dumps({**told, "number": last.number if last else 0, "head": last.hash if last else START}))
    elif empty:
        print(f"there is nothing to verify: {printable(path)} holds no copy and no line of a manifest")
    else:
        said = "is sound" if sound else "is NOT as it was left"
        to = f"; line {found.head_at} is the one that was asked for" if found.head_at > 0 else ""
        print(f"the archive {said}: {found.lines} lines, {found.copies} copies read{to}")
    return int(not sound)


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
    progress, wide = _progress(path), columns(sys.stdout)
    found = []
    for copy in copies(path, *wanted, progress.step):
        if arguments.json:
            progress.clear()
            print(json.dumps(copy))
        found.append(_row(copy, wide))
    progress.clear()
    if found and not arguments.json:
        print(table(("kept", "action", "bytes", "from", "to", "file"), found, wide))
    elif not arguments.json:
        print(f"no copy in {printable(path)} is one that was asked for")
    return int(not found)


def _row(copy: dict[str, Any], wide: int) -> tuple[str, ...]:
    return (
        time.strftime("%Y-%m-%d %H:%M", time.localtime(copy["kept"])),
        copy["decision"]["action"],
        str(copy["size"]),
        address(b64decode(copy["sender"])),
        several([*map(b64decode, copy["recipients"])], wide),
        copy["file"] or "gone",
    )


def _progress(path: str) -> Progress:
    return Progress(lambda: sum(len(files(path, folder)) for folder in boxes(path)))


def _hash(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise argparse.ArgumentTypeError("takes the 64 digits that `qsfilter archive head` prints")
    return text
