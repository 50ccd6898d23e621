"""Releases and deletes copies, and lets them expire."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sys
import time
from base64 import b64decode
from typing import TYPE_CHECKING

from qsfilter.cli.addresses import address, several
from qsfilter.cli.progress import Progress
from qsfilter.cli.quarantine_told import named
from qsfilter.cli.table import labelled
from qsfilter.cli.terminal import columns
from qsfilter.config import allow_file, load
from qsfilter.edge import read
from qsfilter.errors import ConfigError, DeliveryError
from qsfilter.filter import QUARANTINE
from qsfilter.held.allow import allow_entry
from qsfilter.held.allow_file import add_entry
from qsfilter.held.log import note
from qsfilter.held.release import release
from qsfilter.held.removal import remove, remove_stray, stored, strays
from qsfilter.held.retention import retention, to_remove
from qsfilter.names import printable
from qsfilter.options import checked
from qsfilter.queue.alarm import Alarm
from qsfilter.queue.becoming import refuse_ourselves
from qsfilter.tables import table
from qsfilter.transport import QmailQueue

if TYPE_CHECKING:
    import argparse
    from typing import Any

    from qsfilter.held.release import Released
    from qsfilter.held.retention import Retention

USAGE_ERROR = 2
LONGEST_ALLOWED_DAYS = 3650


def released(arguments: argparse.Namespace) -> int:
    """Release one copy; return 0 where it has been handed over."""
    days = 0 if arguments.allow is None else _days(arguments.allow[0])
    if arguments.allow is not None and not days:
        return _wrong(f"--allow takes a number of days from 1 to {LONGEST_ALLOWED_DAYS}, and a comment")
    copy = named(arguments.path, arguments.id)
    if copy is None:
        return 1
    chosen = load(arguments.config)
    if isinstance(chosen.transport, QmailQueue):
        refuse_ourselves(chosen.transport.program[0])
    only = tuple(one.encode("utf-8", "surrogateescape") for one in arguments.to or ())
    entry = ""
    if days:
        try:
            recipients = only or tuple(map(b64decode, copy["held"]))
            entry = allow_entry(copy, recipients, dt.datetime.now(dt.UTC).date(), days, arguments.allow[1])
        except ValueError as error:
            return _wrong(f"no allow entry: {error}")
    chosen.start()
    done = release(chosen, arguments.path, copy, only, arguments.malware, Alarm())
    if not done.handed:
        entry = ""
    added = _added(entry, arguments, copy) if entry else ""
    _say_released(copy, done, entry, added, as_json=arguments.json)
    return int(not done.handed)


def _added(entry: str, arguments: argparse.Namespace, copy: dict[str, Any]) -> str:
    """Add ENTRY to the file that the configuration names; return its path, empty where that is left to the site."""
    source = read(arguments.config)
    path = allow_file(source.table, source.path)
    if not path:
        return ""
    try:
        add_entry(path, entry, source.path)
        note(arguments.path, "allow", id=copy["id"], file=path, entry=entry)
    except (OSError, ConfigError) as error:
        _warn(f"the allow entry is not added to {path}, or not recorded: {error}")
        return ""
    return path


def _days(text: str) -> int:
    """Return how many days TEXT says; 0 where it says nothing that can be meant."""
    days = int(text) if re.fullmatch(r"[0-9]{1,4}", text) else 0
    return days if days <= LONGEST_ALLOWED_DAYS else 0


def _say_released(copy: dict[str, Any], done: Released, entry: str, added: str, *, as_json: bool) -> None:
    handed = [one.decode("utf-8", "backslashreplace") for one in done.handed]
    if as_json:
        told = {"handed": handed, "refused": done.refused, "unfinished": done.unfinished, "trouble": done.trouble}
        print(json.dumps({"id": copy["id"], **told, "allow": entry, "allow_file": added}))
        return
    if done.unfinished:
        _warn("an earlier release of it began and did not end; somebody may have it twice")
    if done.trouble:
        _warn(done.trouble)
    if done.refused:
        _warn(f"{copy['id'][:12]} stays held: {done.refused}")
    for one in handed:
        print(f"# {copy['id'][:12]} handed over for {printable(one)}")
    if entry:
        where = f"this has been added to {printable(added)}" if added else "add this to the end of the configuration"
        print(f"# {where}:\n{entry}", end="")


def deleted(arguments: argparse.Namespace) -> int:
    """Remove copies; return 0 where all are gone."""
    if not arguments.yes and not sys.stdin.isatty():
        return _wrong("delete asks, and there is no terminal; say --yes")
    worst = 0
    for prefix in arguments.id:
        copy = named(arguments.path, prefix)
        if copy is None or not (arguments.yes or _agreed(copy)):
            worst = 1
            continue
        why = "its files can't be found"
        for found in stored(arguments.path):
            if (found.box, found.name) == (copy["box"], copy["id"]):
                why = remove(arguments.path, found)
        if not why:
            note(arguments.path, "delete", id=copy["id"], box=copy["box"], reason=copy["reason"])
        worst = max(worst, int(bool(why)))
        if arguments.json:
            print(json.dumps({"id": copy["id"], "box": copy["box"], "deleted": not why, "why": why}))
        elif why:
            print(f"qsfilter: {copy['id'][:12]} stays: {printable(why)}", file=sys.stderr)
        else:
            print(f"{copy['id'][:12]} deleted")
    return worst


def expired(arguments: argparse.Namespace) -> int:
    """Remove what the configuration's bounds ask for; return 0 where nothing stands in the way of that."""
    source = read(arguments.config)
    given = table(source.table, "quarantine", source.path)
    bounds = retention(given, source.path)
    path = arguments.path or checked(given.get("path", QUARANTINE), str, f"{source.path}: quarantine.path")
    counts = dict.fromkeys(("age", "size", "disk", "strays", "bytes", "left", "skipped", "failed"), 0)
    if os.path.isdir(path):
        _expire(path, bounds, counts, arguments)
    if arguments.json:
        print(json.dumps({"dry_run": arguments.dry_run, **counts}))
    elif not os.path.isdir(path):
        print(f"nothing is kept in {printable(path)}: there is no such folder")
    else:
        gone = counts["age"] + counts["size"] + counts["disk"]
        told = (
            f"{gone} copies {'would go' if arguments.dry_run else 'removed'} ({counts['age']} for their age, "
            f"{counts['size']} for size, {counts['disk']} for the disk), {counts['strays']} strays, "
            f"{counts['bytes']} bytes; {counts['left']} left; {counts['skipped']} passed over, "
            f"{counts['failed']} failed"
        )
        print(labelled("", told, columns(sys.stdout)))
    return int(bool(counts["failed"]))


def _expire(path: str, bounds: Retention, counts: dict[str, int], arguments: argparse.Namespace) -> None:
    """Remove from PATH what BOUNDS ask for, and count."""
    now, files, disk = time.time(), stored(path), os.statvfs(path)
    going = to_remove(files, bounds, now, disk.f_bavail * disk.f_frsize)
    progress = Progress(lambda: len(going))
    for found, reason in going:
        failed = skipped = ""
        if not arguments.dry_run:
            try:
                skipped = remove(path, found)
            except (OSError, DeliveryError) as error:
                failed = str(error)
        why = failed or skipped
        counts["failed" if failed else "skipped" if skipped else reason] += 1
        counts["bytes"] += 0 if why else found.size
        progress.clear()
        if arguments.json:
            line = {"id": found.name, "box": found.box, "reason": reason, "bytes": found.size, "why": why}
            print(json.dumps(line))
        else:
            said = f"stays: {printable(why)}" if why else reason
            print(f"{found.name[:12]}  {found.box}  {found.size} bytes  {said}")
        progress.step()
    progress.clear()
    for box, name, size in strays(path, now):
        if arguments.dry_run or remove_stray(path, box, name):
            counts["strays"] += 1
            counts["bytes"] += size
    counts["left"] = len(files) - counts["age"] - counts["size"] - counts["disk"]
    if not arguments.dry_run and any(value for key, value in counts.items() if key != "left"):
        note(path, "expire", **counts)


def _agreed(copy: dict[str, Any]) -> bool:
    to = several([*map(b64decode, copy["recipients"])], columns(sys.stdout))
    print(f"{copy['id'][:12]} from {address(b64decode(copy['sender']))} to {to}: {printable(copy['reason'])}")
    try:
        return input("delete it for good? [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False


def _wrong(text: str) -> int:
    print(f"qsfilter: {printable(text)}", file=sys.stderr)
    return USAGE_ERROR


def _warn(text: str) -> None:
    print(f"qsfilter: {printable(text)}", file=sys.stderr)
