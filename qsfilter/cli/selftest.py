"""send test messages through the installed queue and say what became of each

The four messages of Qmail-Scanner's test_installation.sh, and EICAR in a zip in a zip; then EICAR through each engine
alone. It really delivers the first and the fourth message to the recipient; with --dry-run nothing is sent.

example: qsfilter selftest --recipient postmaster@example.com
"""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qsfilter.actions import Action, Kind
from qsfilter.cli.demo import log_fields
from qsfilter.cli.progress import Progress
from qsfilter.cli.quarantine import copies
from qsfilter.cli.settings import add_config, filter_or_default
from qsfilter.cli.table import table
from qsfilter.cli.terminal import columns
from qsfilter.config import load
from qsfilter.edge import DEFAULT_PATH, VARIABLE
from qsfilter.filter import Filter
from qsfilter.limits import Limits
from qsfilter.model import Envelope
from qsfilter.testing.caller import call
from qsfilter.testing.installation import installation_messages
from qsfilter.testing.messages import attachment, eicar, message, part
from qsfilter.transport import Maildir

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from qsfilter.model import Report
    from qsfilter.testing.caller import Answer
    from qsfilter.testing.installation import TestMessage

ENGINES = frozenset({"yara", "clamav"})
"""Plugins that know EICAR; yara with that rule alone does not call itself an engine."""
EXAMINED = Envelope(sender=b"", recipients=(b"postmaster@localhost",))
HEAD_BYTES = 4096
"""Our own field stands on top of what is delivered, so its id is in the first bytes."""
PATIENCE = 30.0
"""Seconds that the queue gets beyond the limit it has for one message."""
CLOCK_SECONDS = 2.0
"""File systems keep times more coarsely than the clock does."""
Row = tuple[str, str, str, str]
"""One line of the table: message, result, what became of it, why."""


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one message."""

    what: str
    delivered: bool = False
    wrong: str = ""
    """Why this is no good end for any message."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each row of the table")
    parser.add_argument("--dry-run", action="store_true", help="examine the messages only; nothing is sent or kept")
    parser.add_argument(
        "--queue", metavar="PROGRAM", help="send through PROGRAM (default: the qsfilter-queue beside this Python)"
    )
    parser.add_argument(
        "--recipient", metavar="ADDRESS", help="who gets messages 1 and 4 (default: postmaster@ the local host name)"
    )
    add_config(parser, f"{DEFAULT_PATH}; with --queue, none; with --dry-run, at last the built-in default")


def run(arguments: argparse.Namespace) -> int:
    """Send or examine each test message; return 1 if one of them did not end as it should."""
    progress = Progress(lambda: len(installation_messages()))
    rows = []
    for row in _examined(arguments.config) if arguments.dry_run else _sent(arguments):
        rows.append(row)
        progress.step()
    progress.clear()
    head = ("message", "result", "action" if arguments.dry_run else "became", "why")
    if arguments.json:
        print("\n".join(json.dumps(dict(zip(head, row, strict=True))) for row in rows))
    else:
        print(table(head, rows, columns(sys.stdout)))
    return int(any(row[1] != "ok" for row in rows))


def _examined(config: str | None) -> Iterator[Row]:
    chosen = filter_or_default(config)
    for test in installation_messages():
        report = chosen.examine(test.raw, EXAMINED)
        action = report.decision.action
        wrong = _failures(report) or "put off" if action is Action.DEFER else ""
        yield _row(test, Became(str(action), action is Action.ACCEPT, wrong), _findings(report))


def _sent(arguments: argparse.Namespace) -> Iterator[Row]:
    program = arguments.queue or os.path.join(os.path.dirname(sys.executable), "qsfilter-queue")
    # A program of the site's own need not use any configuration, so it is looked into only where it is named.
    chosen = None if arguments.queue and not arguments.config else load(arguments.config)
    environment = dict(os.environ)
    if arguments.config:
        environment[VARIABLE] = os.path.abspath(arguments.config)
    recipient = os.fsencode(arguments.recipient or f"postmaster@{socket.gethostname()}")
    envelope = Envelope(sender=b"", recipients=(recipient,))
    seconds = (chosen.limits if chosen else Limits()).seconds + PATIENCE
    # The id comes from the content: with a line of this run's own, nothing that an earlier one left is taken for ours.
    mark = f"Comments: qsfilter selftest {secrets.token_hex(8)}\n".encode()
    for test in installation_messages():
        started = time.time() - CLOCK_SECONDS
        answer = call(program, mark + test.raw, envelope, environment=environment, seconds=seconds)
        told = log_fields(answer)
        yield _row(test, _became(answer, told, chosen, started), told.get("findings", ""))
    if chosen:
        yield from _engines(chosen)


def _row(test: TestMessage, became: Became, findings: str) -> Row:
    if became.wrong:
        return (test.name, "FAILED", became.what, became.wrong)
    if became.delivered is not test.delivered:
        takes = f"{findings or 'nothing was found'}; it takes {test.needs or 'no finding at all'}"
        return (test.name, "FAILED", became.what, takes)
    return (test.name, "ok", became.what, findings)


def _became(answer: Answer, told: dict[str, str], chosen: Filter | None, started: float) -> Became:
    """Read exit code and log, and look whether the message is where they say."""
    error = re.search(r"\berror=(.*)", answer.log)
    why = error[1] if error else told.get("findings") or answer.log.strip() or f"exit code {answer.code}, and no word"
    if told.get("handed", "0") != "0":
        if not answer.accepted:
            said = f": {error[1]}" if error else ""
            return Became("not queued", wrong=f"the queue program ended with {answer.code}{said}")
        return _delivered(told["id"], chosen, started)
    if not answer.accepted and not answer.text.startswith("D"):
        return Became(f"put off ({answer.code})", wrong=why)
    if "id" not in told:
        return Became(f"exit code {answer.code}", wrong=f"it was not qsfilter that answered: {why}")
    if answer.accepted and told.get("action") == str(Action.DISCARD):
        return Became("discarded")
    return _kept("quarantined" if answer.accepted else "refused, kept", told, chosen)


def _delivered(key: str, chosen: Filter | None, started: float) -> Became:
    """Look for the message in the maildir; what a queue program does with it afterwards is not ours to know."""
    if chosen is None or not isinstance(chosen.transport, Maildir):
        return Became("handed over", delivered=True)
    mark = f" id={key}".encode()
    for folder in ("new", "cur"):
        place = os.path.join(chosen.transport.path, folder)
        for entry in os.scandir(place) if os.path.isdir(place) else ():
            if entry.stat().st_mtime >= started:
                with open(entry.path, "rb") as file:
                    if mark in file.read(HEAD_BYTES):
                        return Became(f"delivered: {entry.path}", delivered=True)
    return Became("lost", wrong=f"id {key} is not in {chosen.transport.path}")


def _kept(what: str, told: dict[str, str], chosen: Filter | None) -> Became:
    """Look for message and sidecar in the quarantine; of what is refused, a copy there is a matter of configuration."""
    if chosen is None:
        return Became(what if told.get("kept", "0") != "0" else "refused")
    entries = chosen.setup.registry.entries
    path = next(str(getattr(entry.plugin, "path", "")) for entry in entries if entry.name == "quarantine")
    for copy in copies(path):
        if copy["id"].startswith(told["id"]) and copy["file"]:
            return Became(f"{what}: {copy['box']}/{copy['id'][:12]}")
    return Became("lost", wrong=f"id {told['id']} is not in {path}") if what == "quarantined" else Became("refused")


def _engines(chosen: Filter) -> Iterator[Row]:
    """Examine EICAR by each engine alone."""
    raw = message(part(b"This tests the engines.\n"), attachment(eicar(), "harmless.txt"), subject="Test: EICAR")
    for hook in chosen.setup.registry.hooks["about"]:
        alone = Filter(replace(hook.entry, shadow=False), limits=chosen.limits)
        alone.start()
        known = {hook.entry.name, *(about.name for about in alone.setup.about)} & ENGINES
        if not known and not any(about.engine for about in alone.setup.about):
            continue
        report = alone.examine(raw, EXAMINED)
        right = Kind.MALWARE in {one.kind for one in report.findings}
        why = ("" if right else _failures(report)) or _findings(report) or "it does not know EICAR"
        yield (f"EICAR by {hook.entry.name}", "ok" if right else "FAILED", "found" if right else "not found", why)


def _findings(report: Report) -> str:
    return "; ".join(f"{one} in {one.part}" if one.part else str(one) for one in report.findings)


def _failures(report: Report) -> str:
    return "; ".join(f"{one}: {one.detail}" for one in report.findings if one.kind is Kind.FAILURE)
