"""What the tests of the service stand on: a site with a service, and a plugin that does what a message tells it."""

from __future__ import annotations

import os
import re
import socket
import struct
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from qsfilter.testing.messages import message
from qsfilter.testing.service import PAGE, RunningService, connected, hand_in, read_only, take_answer
from tests.process.conftest import YARA, Site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsfilter.queue import protocol
    from qsfilter.queue.protocol import Answer

SERVE = """\
#!{python} -I
import sys

sys.path.insert(0, {folder!r})
from qsfilter.cli import main
from qsfilter.service import master, worker
from qsfilter.site_rules import files, trial

# The times of production, but for the patience.
master.TICK_SECONDS = 0.05
master.GRACE_SECONDS = worker.GRACE_SECONDS = {grace}
files.SETTLE_SECONDS = {settle}
trial.TRIAL_SECONDS = 1.0
{more}
sys.exit(main(["serve", *sys.argv[1:]]))
"""
TOLD = """\
import ctypes, itertools, os, re, signal, sys, time

from qsfilter import *

def swallow():
    while True:
        try:
            time.sleep(0.01)
        except BaseException:
            pass

def compute():
    while True:
        pass

def fill():
    kept = []
    while True:
        kept.append(bytes(1 << 20))

def native():
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
    ctypes.PyDLL(None).sleep(600)

def fork():
    os.fork()

ACTS = {
    "segv": lambda: ctypes.string_at(0),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "exit": lambda: os._exit(0),
    "exit3": lambda: os._exit(3),
    "leave": lambda: sys.exit(0),
    "sleep": lambda: time.sleep(600),
    "native": native,
    "spin": lambda: all(itertools.repeat(True)),
    "compute": compute,
    "swallow": swallow,
    "stop": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "fill": fill,
    "fork": fork,
    "fail": lambda: 1 / 0,
    "wait": lambda: time.sleep(0.3),
}

@plugin
class Told:
    '''Does what the message says: "PLUGIN HOOK does ACT"; at its start what stands in a file.'''

    name: str

    def do(self, hook, data):
        for act in re.findall(rb"%b %b does (\\w+)" % (self.name.encode(), hook.encode()), bytes(data)):
            ACTS[act.decode()]()

    def at_start(self, hook):
        try:
            with open(os.path.join(os.path.dirname(__file__), "at-start"), "rb") as file:
                self.do(hook, file.read())
        except FileNotFoundError:
            return

    @hookimpl
    def start(self):
        self.at_start("start")

    @hookimpl
    def about(self):
        self.at_start("about")
        return About(name=self.name, version="1")

    @hookimpl
    def parse(self, part, ctx):
        self.do("parse", part.blob.data)

    @hookimpl
    def unpack(self, part, ctx):
        self.do("unpack", part.blob.data)

    @hookimpl
    def scan(self, message, ctx):
        self.do("scan", message.root.blob.data)
        if b"%b finds malware" % self.name.encode() in message.root.blob.data:
            yield malware("Test", message.root)

    @hookimpl
    def decide(self, message, findings, ctx):
        self.do("decide", message.root.blob.data)

    @hookimpl
    def deliver(self, message, decision, report, ctx):
        self.do("deliver", message.root.blob.data)

    @hookimpl
    def report(self, report, ctx):
        self.do("report", report.message.root.blob.data)
"""


class ServedSite(Site):
    """A site whose mail a service examines."""

    def configure(self, text: str = YARA, *, program: str = "", deliver: str = "", service: str = "") -> None:
        """Write a configuration as `Site` does, with two workers that trust us, and SERVICE in their table."""
        usual = {"workers": "2", "trusted_callers": f'["{os.getuid()}"]'}
        kept = "".join(f"{key} = {value}\n" for key, value in usual.items() if key not in service)
        table = f'[service]\nsocket = "{self.folder / "run" / "s"}"\n{kept}{service}\n'
        super().configure(f"{table}{text}", program=program, deliver=deliver)

    def service(self, *, grace: float = 0.3, settle: float = 0.0, more: str = "", **environment: str) -> RunningService:
        """Return a service that knows the plugins in this folder, to be started; GRACE and SETTLE are its patience."""
        text = SERVE.format(python=sys.executable, folder=str(self.folder), grace=grace, settle=settle, more=more)
        program = self.script("serve", text)
        given = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", **environment}
        return RunningService(self.config, self.folder / "service", program=[program], environment=given)

    def told(self, *names: str, more: str = "", service: str = "", tables: str = "") -> None:
        """Configure plugins of these NAMES that do what a message says; MORE is for each of their tables."""
        (self.folder / "told.py").write_text(TOLD)
        plugins = "".join(f'[plugins.{name}]\nuse = "told:Told"\nname = "{name}"\n{more}\n' for name in names)
        self.configure(f"{tables}\n{plugins}", service=service)

    def at_start(self, text: str) -> None:
        """Let plugins that are told do TEXT when they start."""
        (self.folder / "at-start").write_text(text)

    def hand_in(self, body: str | bytes = "Nothing is wrong with this.\n", *, seconds: float = 60.0) -> Answer:
        """Hand in a message with BODY, or a whole one as bytes, and return the answer."""
        raw = message(body.encode()) if isinstance(body, str) else body
        return hand_in(str(self.folder / "run" / "s"), raw, self.envelope, seconds=seconds)


def told_lines(log: str) -> list[str]:
    """Return the lines of LOG that tell of messages, without what differs from one time to the next, sorted."""
    found = [line for line in log.splitlines() if " action=" in line]
    return sorted(re.sub(r"id=\w+|seconds=[0-9.]+|slowest=\"[^\"]*\" ?", "", line) for line in found)


def descriptors(pid: int) -> int:
    """Return how many descriptors the process PID has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def request(
    *records: bytes, magic: bytes = b"qsfilter", version: int = 1, length: int | None = None, usual: bool = True
) -> bytes:
    """Write a request, right or wrong, with RECORDS behind the usual ones."""
    sizes = (
        (b"offset=%d" % PAGE, b"size=%d" % len(Site.clean), b"envelope=%d" % len(Site.envelope_sent)) if usual else ()
    )
    body = b"".join(record + b"\0" for record in (*sizes, *records))
    return struct.pack(">8sHHI", magic, version, 0, len(body) if length is None else length) + body


def files() -> list[int]:
    """Return the descriptors of a good request."""
    return [read_only(bytes(PAGE) + Site.clean), read_only(Site.envelope_sent)]


def answered(
    running: RunningService, data: bytes, numbers: Sequence[int] | None = None, *, ends: bool = False
) -> protocol.Answer | None:
    """Send DATA with the descriptors NUMBERS, which are closed here, and tell that there is no more if it ENDS.

    Return the answer, or None for a connection that was closed. Who ENDS is taken for one who is gone.
    """
    with connected(running.socket) as connection:
        passed = files() if numbers is None else numbers
        try:
            if passed:
                socket.send_fds(connection, [data], passed)
            else:
                connection.sendall(data)
        finally:
            for number in passed:
                os.close(number)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):
            return take_answer(connection)
    return None
