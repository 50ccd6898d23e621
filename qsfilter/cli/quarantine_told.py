"""Lists and shows what is kept in quarantine, safe for a terminal."""

from __future__ import annotations

import json
import os
import sys
import time
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from qsfilter.cli.addresses import address, several
from qsfilter.cli.table import labelled, table
from qsfilter.cli.terminal import columns
from qsfilter.held.copies import copies
from qsfilter.names import printable, shown
from qsfilter.patterns import fits, matches_address

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

HEADER_BYTES = 64 * 1024
HEADER_LINES = 200
LONGEST_LINE = 200
LABEL = 11
"""Columns before what is told of a copy, line by line."""


def listed(arguments: argparse.Namespace) -> int:
    """Print a line for each copy that was asked for."""
    now = time.time()
    found, seen = [], 0
    for copy in copies(arguments.path):
        seen += 1
        if _wanted(copy, arguments, now):
            found.append(copy)
    if arguments.json:
        for copy in found:
            print(json.dumps({key: value for key, value in copy.items() if key != "report"}))
        return 0
    if not found:
        kept = f"none of the {seen} copies in {arguments.path} is one that was asked for"
        print(printable(kept if seen else f"nothing is kept in {arguments.path}"))
        return 0
    wide = columns(sys.stdout)
    rows = [
        (
            copy["id"][:12],
            time.strftime("%Y-%m-%d %H:%M", time.localtime(copy["time"])),
            copy["box"],
            state(copy),
            str(copy["size"]),
            address(b64decode(copy["sender"])),
            several([*map(b64decode, copy["recipients"])], wide),
            copy["reason"],
        )
        for copy in found
    ]
    print(table(("id", "kept", "box", "state", "bytes", "from", "to", "reason"), rows, wide))
    return 0


def showed(arguments: argparse.Namespace) -> int:
    """Print all about one copy."""
    copy = named(arguments.path, arguments.id)
    if copy is None:
        return 1
    if arguments.raw:
        return _raw(copy)
    print(json.dumps(copy, indent=1) if arguments.json else _for_people(copy, columns(sys.stdout)))
    return 0


def named(path: str, prefix: str) -> dict[str, Any] | None:
    """Return the one copy whose id begins with PREFIX; None, and say so, where there is not exactly one."""
    chosen = [copy for copy in copies(path) if copy["id"].startswith(prefix)]
    if len(chosen) == 1:
        return chosen[0]
    said, see = "no copy has", "qsfilter quarantine list"
    if chosen:
        said, see = f"{len(chosen)} copies have", f"{see} --id {prefix}"
    print(f"qsfilter: {said} an id that begins with {shown(prefix)}; see {printable(see)}", file=sys.stderr)
    return None


def state(copy: dict[str, Any]) -> str:
    """Say in a word how far the release of COPY has come."""
    if copy["unfinished"]:
        return "unfinished"
    if copy["handed"]:
        return "in part" if copy["held"] else "released"
    return "held"


def _wanted(copy: dict[str, Any], arguments: argparse.Namespace, now: float) -> bool:
    age = now - copy["time"]
    findings = [f"{found['kind']} {found['name']}" for found in copy["report"]["findings"]]
    return (
        copy["id"].startswith(arguments.id)
        and (not arguments.box or copy["box"] in arguments.box)
        and (arguments.newer is None or age < arguments.newer)
        and (arguments.older is None or age >= arguments.older)
        and (arguments.since is None or copy["time"] >= arguments.since)
        and (arguments.until is None or copy["time"] < arguments.until)
        and (arguments.sender is None or matches_address(b64decode(copy["sender"]), (arguments.sender,)))
        and (
            arguments.recipient is None
            or any(matches_address(b64decode(one), (arguments.recipient,)) for one in copy["recipients"])
        )
        and (arguments.finding is None or any(fits(found, (arguments.finding,)) for found in findings))
        and (not arguments.held or bool(copy["held"]) or bool(copy["unfinished"]))
    )


def _raw(copy: dict[str, Any]) -> int:
    if copy["file"] is None:
        print("qsfilter: its message has gone", file=sys.stderr)
        return 1
    with _opened(copy["file"]) as file:
        while piece := os.read(file.fileno(), 1 << 20):
            sys.stdout.buffer.write(piece)
    return 0


def _opened(path: str) -> Any:  # noqa: ANN401 - what `open` returns has a long name
    return open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")


def _for_people(copy: dict[str, Any], wide: int) -> str:
    report = copy["report"]
    lines = [
        f"id         {copy['id']}",
        f"kept       {time.strftime('%Y-%m-%d %H:%M:%S %z', time.localtime(copy['time']))} in {copy['box']}",
        f"file       {copy['file'] or 'gone'}",
        f"state      {state(copy)}",
        f"from       {address(b64decode(copy['sender']))}",
        *(f"to         {address(b64decode(one))}{_given(one, copy)}" for one in copy["recipients"]),
        f"client     {shown(str(copy['client'].get('ip', '')))}",
        f"size       {copy['size']} bytes, SHA-256 {copy['sha256']}",
        f"action     {copy['action']} because of {copy['reason']}",
        f"engines    {', '.join(map(str, copy['engines'])) or 'none'}",
    ]
    if copy["unfinished"]:
        begun = copy["unfinished"]
        lines.append(f"unfinished a release of {begun.get('time')} by {begun.get('user')}: it may have gone out")
    lines += [
        f"finding    {found['kind']} {found['name']} in {found['part']} by {found['source']}"
        for found in report["findings"]
    ]
    lines += [f"header     {line}" for line in _header(copy)]
    for part in report["parts"]:
        names = " ".join(shown(str(name)) for name in part.get("names", ()))
        lines.append(f"part       {part['path']}  {part['declared']}  {part.get('size')} bytes  {names}".rstrip())
    return "\n".join(labelled(line[:LABEL], printable(line[LABEL:]), wide) for line in lines)


def _given(recipient: str, copy: dict[str, Any]) -> str:
    return "  (has been given it)" if recipient in copy["handed"] else ""


def _header(copy: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the header as they stand in the message, up to a bound."""
    if copy["file"] is None:
        return
    try:
        with _opened(copy["file"]) as file:
            begin: bytes = file.read(HEADER_BYTES)
    except OSError:
        return
    for number, line in enumerate(begin.split(b"\n")):
        text = line.rstrip(b"\r").decode("utf-8", "backslashreplace").replace("\t", " ")
        if not text:
            return
        if number == HEADER_LINES:
            yield "…"
            return
        yield text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}…"
