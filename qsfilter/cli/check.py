"""say what is wrong with the configuration, the plugins and the machine, and how to mend it

example: qsfilter check --config /etc/qsfilter/qsfilter.toml
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from qsfilter import kept_copy
from qsfilter.actions import Action
from qsfilter.builtin.quarantine import BOXES
from qsfilter.builtin.rule_set import for_check
from qsfilter.cli.check_policy import policy_problems
from qsfilter.cli.check_rights import rights_problems
from qsfilter.cli.check_service import service_problems
from qsfilter.cli.settings import add_config, told
from qsfilter.cli.table import labelled
from qsfilter.cli.terminal import columns
from qsfilter.config import from_source
from qsfilter.edge import DEFAULT_PATH, edge, read
from qsfilter.errors import ConfigError
from qsfilter.model import Problem
from qsfilter.names import printable
from qsfilter.sniff import DOCUMENTS, KINDS
from qsfilter.transport import Maildir, QmailQueue
from qsfilter.words import unscannable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from qsfilter.filter import Filter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--json", action="store_true", help="one JSON object for each problem, a line each")
    add_config(parser, DEFAULT_PATH)


def run(arguments: argparse.Namespace) -> int:
    """Print every problem; return 1 if one of them keeps mail from being filtered, else 0."""
    try:
        source = read(arguments.config)
        around = edge(source.table, source.path)
        chosen = from_source(source, for_check)
    except ConfigError as error:
        found = [Problem(text=told(error), mend="mend the configuration; until then all mail waits (exit code 55)")]
        _print(found, as_json=arguments.json)
        return error.exit
    chosen.start()
    found = [
        *problems(chosen),
        *service_problems(around, source.path),
        *rights_problems(chosen, around, source.path),
    ]
    _print(found, as_json=arguments.json)
    return int(any(problem.fatal for problem in found))


def _print(found: list[Problem], *, as_json: bool) -> None:
    for problem in found:
        if as_json:
            print(json.dumps({"text": problem.text, "mend": problem.mend, "fatal": problem.fatal}))
        else:
            what = "error: " if problem.fatal else "warning: "
            print(labelled(what, printable(problem.text), columns(sys.stdout)))
            if problem.mend:
                print(labelled("    ", printable(problem.mend), columns(sys.stdout)))
    if not found and not as_json:
        print("nothing is wrong")


def problems(chosen: Filter) -> Iterator[Problem]:
    """Yield what is wrong with CHOSEN, which has been started, and with the machine around it."""
    for name, why in (chosen.setup.broken or {}).items():
        yield Problem(
            text=f"plugin {name} does not start: {why.detail}", mend="until it does, its on_error holds for all mail"
        )
    for hook in chosen.setup.registry.hooks["check"]:
        try:
            yield from hook({}) or ()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin whose check fails has told us enough
            yield Problem(text=f"plugin {hook.entry.name}: check failed: {type(error).__name__}: {error}")
    if chosen.bypass is not None and (reason := chosen.bypass.reason()):
        yield Problem(text=f"mail passes unexamined: {reason}", mend="qsfilter bypass --end, unless you mean it")
    if not any(about.engine for about in chosen.setup.about):
        yield Problem(
            text="no engine looks for malware; mail is marked 'not scanned for malware'",
            mend="switch on a plugin such as clamav, or yara with rule files",
        )
    yield from _unopened(chosen)
    yield from policy_problems(chosen)
    yield from _transport(chosen)
    yield from _isolated()
    quarantine = next(entry.plugin for entry in chosen.setup.registry.entries if entry.name == "quarantine")
    path = str(getattr(quarantine, "path", ""))
    unwritable = (kept_copy.unwritable(os.path.join(path, box)) for box in BOXES)
    if place := next(filter(None, unwritable), ""):
        yield _not_writable(place, "quarantine.path")


def _unopened(chosen: Filter) -> Iterator[Problem]:
    """Name the containers that nothing opens, where the site has not said what becomes of mail with them."""
    kinds = sorted(KINDS - DOCUMENTS - chosen.setup.registry.opens)
    vote = chosen.setup.policy.by_table(unscannable("no-unpacker"), None)
    if kinds and vote.action is Action.ACCEPT:
        yield Problem(
            text=f"no plugin opens {', '.join(kinds)}; what is in them is accepted unchecked",
            mend="switch on plugins such as libarchive and tnef, and set "
            '"unscannable.no-unpacker" in [actions] to quarantine or reject for the rest',
            fatal=False,
        )


def _transport(chosen: Filter) -> Iterator[Problem]:
    transport = chosen.transport
    if transport is None:
        yield Problem(
            text="nothing says where mail goes", mend="set deliver.qmail_queue, or deliver.maildir for a small site"
        )
    elif isinstance(transport, QmailQueue):
        program = transport.program[0]
        if not os.access(program, os.X_OK):
            yield Problem(text=f"the queue program {program} can't be run", mend="set deliver.qmail_queue to its path")
        elif _is_queue_wrapper(program):
            yield Problem(
                text=f"the queue program {program} is qsfilter-queue itself",
                mend="set deliver.qmail_queue to qmail's own",
            )
    elif isinstance(transport, Maildir):
        yield from _writable(transport.path, "deliver.maildir")


def _isolated() -> Iterator[Problem]:
    """Look whether the queue wrapper is started with -I; without it, it starts Python a second time."""
    wrapper = os.path.join(os.path.dirname(sys.executable), "qsfilter-queue")
    if not os.path.exists(wrapper):
        return
    with open(wrapper, "rb") as file:
        first = file.readline()
    if not first.rstrip().endswith(b" -I"):
        yield Problem(
            text=f"{wrapper}: the installer dropped -I from its first line, so each message starts Python twice",
            mend=f"sed -i '1s/$/ -I/' {wrapper}",
            fatal=False,
        )


def _is_queue_wrapper(program: str) -> bool:
    ours = os.path.join(os.path.dirname(sys.executable), "qsfilter-queue")
    return os.path.exists(ours) and os.path.samefile(program, ours)


def _writable(path: str, key: str) -> Iterator[Problem]:
    """Look whether PATH, or the nearest folder above it that exists, can be written by the user who asks."""
    existing = os.path.abspath(path)
    while not os.path.exists(existing):
        existing = os.path.dirname(existing)
    if not os.path.isdir(existing) or not os.access(existing, os.W_OK | os.X_OK):
        yield _not_writable(existing, key)


def _not_writable(place: str, key: str) -> Problem:
    return Problem(
        text=f"{key}: {place} can't be written", mend=f"give it to the user whom mail runs as, or change {key}"
    )
