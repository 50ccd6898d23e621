"""list and show what is kept in quarantine

examples: qsfilter quarantine list
          qsfilter quarantine show 3f2a9c
"""

from __future__ import annotations

import json
import os
import sys
import time
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from qsfilter.builtin.quarantine import BOXES
from qsfilter.cli.settings import add_config
from qsfilter.cli.table import table
from qsfilter.config import load
from qsfilter.edge import DEFAULT_PATH
from qsfilter.kept_copy import SIDECARS
from qsfilter.names import printable, shown

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator


SIDECAR = {
    "sender": str, "recipients": list, "client": dict, "size": int, "sha256": str, "action": str, "reason": str,
    "engines": list, "report": dict,
}  # fmt: skip
"""What a sidecar holds at least, and of which type."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's actions and their options."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="one line for each copy, the newest last")
    listing.set_defaults(action=_list)
    showing = actions.add_parser("show", help="envelope, reason, findings and parts of one copy")
    showing.add_argument("id", help="the beginning of its id, as `list` prints it")
    showing.add_argument("--raw", action="store_true", help="the message itself, byte for byte")
    showing.set_defaults(action=_show)
    for action, what in ((listing, "one JSON object a line"), (showing, "the whole sidecar")):
        action.add_argument("--json", action="store_true", help=what)
        action.add_argument("--path", metavar="FOLDER", help="the quarantine (default: the configuration's)")
        add_config(action, DEFAULT_PATH)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; return 0, or 1 where there is no such copy."""
    path = arguments.path or _configured(arguments.config)
    found: int = arguments.action(arguments, list(copies(path)))
    return found


def _configured(config: str | None) -> str:
    chosen = load(config)
    return next(
        str(getattr(entry.plugin, "path", "")) for entry in chosen.setup.registry.entries if entry.name == "quarantine"
    )


def copies(path: str) -> Iterator[dict[str, Any]]:
    """Yield the sidecar of each copy below PATH, with `box`, `file` (None where it has gone) and `time` added."""
    found = []
    for box in BOXES:
        folder = os.path.join(path, box, SIDECARS)
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            sidecar = os.path.join(folder, name)
            found.append((os.stat(sidecar).st_mtime, box, sidecar))
    for when, box, sidecar in sorted(found):
        try:
            with open(sidecar, encoding="utf-8") as file:
                told = json.load(file)
        except (OSError, ValueError, RecursionError):
            continue  # removed meanwhile, or damaged: the others are still worth showing
        if not isinstance(told, dict) or not all(isinstance(told.get(key), kind) for key, kind in SIDECAR.items()):
            continue
        name = os.path.basename(sidecar).removesuffix(".json")
        yield {"id": name, "box": box, "time": when, "file": _file(os.path.join(path, box), name), **told}


def _file(box: str, name: str) -> str | None:
    for place in (f"new/{name}", *(f"cur/{name}{flags}" for flags in ("", ":2,", ":2,S"))):
        if os.path.exists(os.path.join(box, place)):
            return os.path.join(box, place)
    return None


def _list(arguments: argparse.Namespace, found: list[dict[str, Any]]) -> int:
    if arguments.json:
        for copy in found:
            print(json.dumps({key: value for key, value in copy.items() if key != "report"}))
        return 0
    rows = [
        (
            copy["id"][:12],
            time.strftime("%Y-%m-%d %H:%M", time.localtime(copy["time"])),
            copy["box"],
            str(copy["size"]),
            _address(copy["sender"]),
            " ".join(_address(recipient) for recipient in copy["recipients"])[:60],
            copy["reason"],
        )
        for copy in found
    ]
    print(table(("id", "kept", "box", "bytes", "from", "to", "reason"), rows))
    return 0


def _address(coded: str) -> str:
    return shown(b64decode(coded).decode("utf-8", "backslashreplace"))[1:-1]


def _show(arguments: argparse.Namespace, found: list[dict[str, Any]]) -> int:
    chosen = [copy for copy in found if copy["id"].startswith(arguments.id)]
    if len(chosen) != 1:
        said = "no copy has" if not chosen else f"{len(chosen)} copies have"
        print(f"qsfilter: {said} an id that begins with {shown(arguments.id)}", file=sys.stderr)
        return 1
    copy = chosen[0]
    if arguments.raw:
        if copy["file"] is None:
            print("qsfilter: its message has gone", file=sys.stderr)
            return 1
        with open(copy["file"], "rb") as file:
            while piece := file.read(1 << 20):
                sys.stdout.buffer.write(piece)
    elif arguments.json:
        print(json.dumps(copy, indent=1))
    else:
        print(_for_people(copy))
    return 0


def _for_people(copy: dict[str, Any]) -> str:
    report = copy["report"]
    lines = [
        f"id         {copy['id']}",
        f"kept       {time.strftime('%Y-%m-%d %H:%M:%S %z', time.localtime(copy['time']))} in {copy['box']}",
        f"file       {copy['file'] or 'gone'}",
        f"from       {_address(copy['sender'])}",
        *(f"to         {_address(recipient)}" for recipient in copy["recipients"]),
        f"client     {shown(copy['client']['ip'])}",
        f"size       {copy['size']} bytes, SHA-256 {copy['sha256']}",
        f"action     {copy['action']} because of {copy['reason']}",
        f"engines    {', '.join(copy['engines']) or 'none'}",
    ]
    lines += [
        f"finding    {found['kind']} {found['name']} in {found['part']} by {found['source']}"
        for found in report["findings"]
    ]
    for part in report["parts"]:
        names = " ".join(map(shown, part["names"]))
        lines.append(f"part       {part['path']}  {part['declared']}  {part['size']} bytes  {names}".rstrip())
    return "\n".join(map(printable, lines))
