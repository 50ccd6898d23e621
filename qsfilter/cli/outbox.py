"""list and send what waits in the outbox: notices, and copies for a mailbox

examples: qsfilter outbox list
          qsfilter outbox send --every 60
          qsfilter outbox drop --all
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qsfilter.cli.actions import add_action
from qsfilter.cli.addresses import several
from qsfilter.cli.progress import Progress
from qsfilter.cli.settings import add_config
from qsfilter.cli.table import table as aligned
from qsfilter.cli.terminal import columns
from qsfilter.cli.usage import UsageError
from qsfilter.edge import DEFAULT_PATH, edge, read
from qsfilter.errors import ConfigError
from qsfilter.filter import QUARANTINE
from qsfilter.log_sinks import Stderr
from qsfilter.names import shown
from qsfilter.options import checked
from qsfilter.outbox import mails
from qsfilter.outbox.form import Damaged
from qsfilter.outbox.sending import Sender
from qsfilter.outbox.settings import read_outbox, require_way, way_of
from qsfilter.outbox.spool import CUR, FAILED, NEW
from qsfilter.outbox.ways import ByQueue
from qsfilter.queue.alarm import Alarm
from qsfilter.service.signals import Signals
from qsfilter.tables import table

if TYPE_CHECKING:
    from qsfilter.outbox.mails import Waiting
    from qsfilter.outbox.sending import Sent
    from qsfilter.outbox.settings import Outbox

LONGEST_EVERY = 86400
ENDING = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's actions and their options."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listing = add_action(
        actions, "list", "one line for each mail that waits or was given up", "qsfilter outbox list --json"
    )
    sending = add_action(actions, "send", "send the mails whose time has come", "qsfilter outbox send --every 60")
    sending.add_argument("--every", type=_seconds, metavar="SECONDS", help="go on, and look again after so long")
    dropping = add_action(actions, "drop", "remove mails without sending them", "qsfilter outbox drop --all")
    dropping.add_argument("name", nargs="*", help="the name, as `list` prints it")
    dropping.add_argument("--all", action="store_true", help="all of them")
    chosen = (
        (listing, _list, "one JSON object a line"),
        (sending, _send, "how many were sent, wait and were given up, as one JSON object for each look"),
        (dropping, _drop, "one JSON object a line"),
    )
    for action, deed, what in chosen:
        action.set_defaults(action=deed)
        action.add_argument("--json", action="store_true", help=what)
        add_config(action, DEFAULT_PATH)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; return 1 where a mail was given up or could not be found, or nobody takes mails."""
    source = read(arguments.config)
    around = edge(source.table, source.path)
    quarantine = table(source.table, "quarantine", source.path).get("path", QUARANTINE)
    quarantine = checked(quarantine, str, f"{source.path}: quarantine.path")
    outbox = read_outbox(source.table, source.path, quarantine, around.transport)
    arguments.where = source.path
    arguments.front = around.service.front if around.service else ""
    _become_owner(outbox.path)
    done: int = arguments.action(arguments, outbox)
    return done


def _list(arguments: argparse.Namespace, outbox: Outbox) -> int:
    found = [_told(outbox, one) for one in _files(outbox)]
    if arguments.json:
        for one in found:
            print(json.dumps(one))
    elif found:
        wide = columns(sys.stdout)
        rows = [_row(one, wide) for one in found]
        print(aligned(("name", "place", "bytes", "tries", "next try", "to", "trouble"), rows, wide))
    else:
        print("no mail waits")
    return 0


def _send(arguments: argparse.Namespace, outbox: Outbox) -> int:
    require_way(outbox, arguments.where)
    way = way_of(outbox)
    if isinstance(way, ByQueue):
        _refuse_filter(way.queue.program[0], arguments.front)
    stop = Stop()
    sender = Sender(outbox=outbox, way=way, say=Stderr().write, guard=Alarm())
    while True:
        done = _sent(sender, stop)
        if done.busy:
            sender.say(f"outbox: another process sends from {outbox.path}")
        if arguments.json:
            told = {"sent": done.sent, "later": done.later, "failed": done.failed}
            print(json.dumps({**told, "away": done.away, "busy": done.busy}), flush=True)
        elif columns(sys.stdout) and not done.busy:  # cron would mail it, and the log says each
            away = "; nobody takes mails, so the others were not tried" if done.away else ""
            print(f"{done.sent} sent, {done.later} put off, {done.failed} given up{away}")
        if arguments.every is None:
            return int(done.away or bool(done.failed))
        if stop.within(arguments.every):
            return 0
        _reap()


def _sent(sender: Sender, stop: Stop) -> Sent:
    """Let SENDER send what is due until STOP, and show on a terminal how far it is."""
    progress = Progress(lambda: len(_files(sender.outbox, NEW, CUR)))

    def say(line: str) -> None:
        progress.clear()
        sender.say(line)

    def stopped() -> bool:  # asked before each mail
        progress.step()
        return stop.within(0)

    done = replace(sender, say=say).send_due(stopped)
    progress.clear()
    return done


def _drop(arguments: argparse.Namespace, outbox: Outbox) -> int:
    if bool(arguments.name) == arguments.all:
        raise UsageError("drop takes names, or --all; see qsfilter outbox list")
    waiting = _files(outbox)
    unknown = set(arguments.name) - {one.name for one in waiting}
    for one in waiting:
        if (arguments.all or one.name in arguments.name) and mails.drop(outbox.path, one):
            print(json.dumps({"name": one.name, "dropped": True}) if arguments.json else f"{one.name} dropped")
    for name in sorted(unknown):
        if arguments.json:
            print(json.dumps({"name": name, "dropped": False}))
        else:
            print(f"qsfilter: no mail {shown(name)} waits; see qsfilter outbox list", file=sys.stderr)
    if not waiting and not arguments.json:
        print("no mail waits")
    return int(bool(unknown))


class Stop:
    """Whether somebody wants this process to end, which it does when it has finished what it does."""

    def __init__(self) -> None:
        """Take over the signals that would end it."""
        self._signals = Signals()
        self._come = False

    def within(self, seconds: float) -> bool:
        """Wait for up to SECONDS; return whether TERM, INT or HUP has come."""
        until = time.monotonic() + seconds
        while not self._come:
            came = self._signals.wait(max(0.0, until - time.monotonic()))
            self._come = bool(came & ENDING)
            if time.monotonic() >= until:
                break
        return self._come


def _files(outbox: Outbox, *places: str) -> list[Waiting]:
    return mails.files(outbox.path, *(places or (NEW, CUR, FAILED))) if mails.is_there(outbox.path) else []


def _told(outbox: Outbox, waiting: Waiting) -> dict[str, object]:
    told: dict[str, object] = {"name": waiting.name, "place": waiting.place, "bytes": waiting.size}
    try:
        mail = mails.begin_of(outbox.path, waiting)
    except (Damaged, OSError) as error:
        return {**told, "next_try": waiting.next_try, "tries": 0, "sender": "", "recipients": [], "trouble": str(error)}
    return {
        **told,
        "next_try": max(waiting.next_try, mail.state.due),
        "tries": mail.state.tries,
        "sender": _text(mail.envelope.sender),
        "recipients": [_text(one) for one in mail.envelope.recipients],
        "trouble": mail.state.trouble,
    }


def _row(told: dict[str, Any], wide: int) -> tuple[str, ...]:
    to = several([one.encode() for one in told["recipients"]], wide)
    when = "-" if told["place"] == FAILED else time.strftime("%Y-%m-%d %H:%M", time.localtime(told["next_try"]))
    return told["name"], told["place"], str(told["bytes"]), str(told["tries"]), when, to, told["trouble"]


def _text(address: bytes) -> str:
    return address.decode("utf-8", "backslashreplace")


def _seconds(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= LONGEST_EVERY:
        raise argparse.ArgumentTypeError(f"takes seconds from 1 to {LONGEST_EVERY}, not {text!r}")
    return int(text)


def _become_owner(path: str) -> None:
    """Where root asks, become the user to whom the outbox belongs: it is not read or written as anybody else."""
    if os.geteuid() != 0 or not os.path.isdir(path):
        return
    owner = os.stat(path, follow_symlinks=False)
    if owner.st_uid:
        os.setgroups([])
        os.setgid(owner.st_gid)
        os.setuid(owner.st_uid)


def _refuse_filter(program: str, front: str) -> None:
    """Raise ConfigError where PROGRAM is this filter, which would examine what it has made itself."""
    for ours in (os.path.join(os.path.dirname(sys.executable), "qsfilter-queue"), front):
        if ours and os.path.exists(ours) and os.path.exists(program) and os.path.samefile(ours, program):
            raise ConfigError(
                f"the queue program {program} is this filter itself; set outbox.qmail_queue to qmail's own"
            )


def _reap() -> None:
    """Take leave of queue programs that took longer than one try may."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return
