"""A strict stand-in for qmail-queue: a program that reads both descriptors to the end and records what it was given.

Guarantees: it takes a message only as the real one does (message to its end, envelope checked byte for byte, both on
disk and fsynced before exit 0), and in one rename, so that a message is there whole or not at all.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import dataclass
from typing import Any

PROGRAM = '''#!{python} -IS
"""qmail-queue for tests; {directory}"""
import fcntl, json, os, resource, signal, sys

def status(field):
    with open("/proc/self/status") as file:
        return next(line.split()[1] for line in file if line.startswith(field + ":"))

def read_all(number):
    found = bytearray()
    while piece := os.read(number, 65536):
        found += piece
    return bytes(found)

def record():
    descriptors = []
    for number in range(256):
        try:
            fcntl.fcntl(number, fcntl.F_GETFD)
            descriptors.append(number)
        except OSError:
            pass
    mask = os.umask(0)
    os.umask(mask)
    with open("/proc/self/environ", "rb") as file:
        environment = file.read().decode("latin-1").split("\\0")[:-1]
    return dict(
        argv=sys.argv[1:], descriptors=descriptors, environment=sorted(environment), directory=os.getcwd(), umask=mask,
        ignored=status("SigIgn"), blocked=status("SigBlk"), timer=signal.getitimer(signal.ITIMER_REAL),
        limits={{name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name[:7] == "RLIMIT_"}},
    )

def check(envelope):
    if envelope[:1] != b"F":
        return 91
    if envelope[-2:] != b"\\0\\0":
        return 54
    records = envelope[:-2].split(b"\\0")
    if any(record[:1] != b"T" for record in records[1:]):
        return 91
    return 11 if any(len(record) > 1003 for record in records) else 0

directory = {directory!r}
state = record()  # before anything is opened here
message, envelope = read_all(0), read_all(1)
plan = open(directory + "/plan").read().split()
if plan[0] == "signal":
    os.kill(os.getpid(), int(plan[1]))
code = int(plan[1]) or check(envelope)
if code:
    sys.exit(code)
if {keep_record!r}:
    with open(f"{{directory}}/state.{{os.getpid()}}", "w") as file:
        json.dump(state, file)
name = f"{{directory}}/tmp/{{os.getpid()}}"
with open(name, "wb") as file:
    file.write(b"%d\\0" % len(envelope) + envelope + message)
    file.flush()
    os.fsync(file.fileno())
os.rename(name, f"{{directory}}/queue/{{os.getpid()}}")
folder = os.open(directory + "/queue", os.O_RDONLY)
os.fsync(folder)
'''


@dataclass(frozen=True, kw_only=True, slots=True)
class Queued:
    """One message in the stand-in's queue."""

    message: bytes
    envelope: bytes


class QueueStandIn:
    """A queue folder and the program that fills it; give `program` as the queue program."""

    def __init__(self, directory: str, *, record: bool = True) -> None:
        """Make queue and program in DIRECTORY; RECORD what the program was given (descriptors, signals, limits …)."""
        self._directory = directory
        for folder in ("tmp", "queue"):
            os.makedirs(os.path.join(directory, folder), exist_ok=True)
        self.program = os.path.join(directory, "qmail-queue")
        self.exit_with(0)
        # -X is not wanted and -I not enough: no site packages, so that nothing but the interpreter is started.
        source = PROGRAM.format(python=os.path.realpath(sys.executable), directory=directory, keep_record=record)
        with open(self.program, "w", encoding="utf-8") as file:
            file.write(source)
        os.chmod(self.program, stat.S_IRWXU)

    def exit_with(self, code: int) -> None:
        """Let the program read everything and then end with CODE; 0 queues."""
        self._plan(f"exit {code}")

    def die_by(self, signal_number: int) -> None:
        """Let the program read everything and then die by a signal."""
        self._plan(f"signal {signal_number}")

    def _plan(self, text: str) -> None:
        with open(os.path.join(self._directory, "plan"), "w", encoding="utf-8") as file:
            file.write(text)

    @property
    def queued(self) -> list[Queued]:
        """The messages that were taken, in no order."""
        found = []
        for name in os.listdir(os.path.join(self._directory, "queue")):
            with open(os.path.join(self._directory, "queue", name), "rb") as file:
                size, _, rest = file.read().partition(b"\0")
            found.append(Queued(envelope=rest[: int(size)], message=rest[int(size) :]))
        return found

    @property
    def states(self) -> list[dict[str, Any]]:
        """What the program was given each time it took a message."""
        found = []
        for name in sorted(os.listdir(self._directory)):
            if name.startswith("state."):
                with open(os.path.join(self._directory, name), encoding="utf-8") as file:
                    found.append(json.load(file))
        return found
