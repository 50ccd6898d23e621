"""Killed at whatever system call: the mail is handed over whole, or kept whole, or its sender tries again.

Wrapper, front, worker and master are killed before calls that they make: some of each phase of their work, and with
QSFILTER_SOAK=1 all. The mail is clean, or infected, or for three of whom one gets it.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from qsfilter.testing.caller import call
from tests.process.conftest import Site
from tests.reliability import masters, strace, ways
from tests.reliability.each_call import MARKS, READING, by_mail, by_mail_or_one, by_moment, by_worker
from tests.reliability.figures import record
from tests.reliability.mails import INFECTED, MAILS, Mail
from tests.reliability.strace import Injection
from tests.reliability.ways import FULL, each, new_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.reliability.strace import Call, Ended

# Some processors have only the calls with "at".
DURABLE = "write,fsync,exit_group,?rename,?renameat,?renameat2,?mkdir,?mkdirat"
NAMING = re.compile(r'\d+ +(rename|mkdir)\w*\((?:AT_FDCWD\S*, )?"([^"]*)"(?:, (?:AT_FDCWD\S*, )?"([^"]*)")?')
KILL = "signal=SIGKILL"
pytestmark = MARKS


def kills(found: Sequence[Call]) -> list[Injection]:
    return [Injection(one.name, one.ordinal, KILL) for one in found]


def in_phases(found: list[Call], first: int) -> list[Call]:
    """Choose calls of the wrapper: as it reads, as it loads what it needs, and as it works on the message."""
    start = next(number for number, one in enumerate(found) if one.name == "setitimer")
    phases = ((found[:READING], 5), (found[READING:start], 8), (found[start:], 22))
    return [one for calls, most in phases for one in strace.spread(calls, most, first)]


def tell(way: str, ended: list[Ended]) -> None:
    """Record what became of mail when a process was killed; a check has found it lost and altered never."""
    accepted = sum(one.code == 0 for one in ended)
    record(f"killed.{way}", calls=len(ended), accepted=accepted, put_off=len(ended) - accepted, lost=0, altered=0)


@by_mail
def test_the_wrapper(tmp_path: Path, mail: Mail) -> None:
    folder = new_folder(tmp_path)
    found = ways.Wrapper(folder()).calls(mail, whole=FULL)
    chosen = found if FULL else in_phases(found, MAILS.index(mail))
    ended = [one for _, one in each(ways.Wrapper, folder, mail, kills(chosen))]
    died = [one for one in ended if one.code == -9]
    tell("wrapper", died)


@by_mail
def test_the_front(tmp_path: Path, mail: Mail) -> None:
    folder = new_folder(tmp_path)
    with ways.Front(folder()) as way:
        found = way.calls(mail, whole=FULL)
    ended = [one for _, one in each(ways.Front, folder, mail, kills(found))]
    assert all(one.code == -9 for one in ended)
    tell("front", ended)


@by_mail_or_one
def test_the_wrapper_that_asks_the_service(tmp_path: Path, mail: Mail) -> None:
    folder = new_folder(tmp_path)
    with ways.Asking(folder()) as way:
        found = way.calls(mail, whole=FULL)
    connecting = next(number for number, one in enumerate(found) if one.name == "socket")
    early, late = found[:connecting], found[connecting:]
    chosen = found if FULL else [*strace.spread(early, 4), *strace.spread(late, 16)]
    died = [one for _, one in each(ways.Asking, folder, mail, kills(chosen)) if one.code == -9]
    tell("asking", died)


@by_worker
@by_mail
def test_a_worker(tmp_path: Path, mail: Mail, worker: type[ways.Worker]) -> None:
    folder = new_folder(tmp_path)
    with worker(folder()) as way:
        way.run(mail)
        way.clear()
        found = way.calls(mail, whole=True)
    chosen = found if FULL else strace.spread(found, 16, MAILS.index(mail))
    ended = [one for _, one in each(worker, folder, mail, kills(chosen))]
    died = [one for one in ended if one.hit]
    assert all("a worker was killed by SIGKILL" in one.log for one in died)
    tell("worker", died)


@by_moment
def test_the_master(tmp_path: Path, moment: str) -> None:
    """While it starts, has a message examined again, takes a new configuration over, and ends."""
    folder = new_folder(tmp_path)

    def make(place: Path) -> masters.Master:
        return masters.Master(place, moment)

    with make(folder()) as way:
        found = way.calls(way.mail)
    chosen = found if FULL else strace.spread(found, 7)
    ended = [one for _, one in each(make, folder, way.mail, kills(chosen))]
    died = [one for one in ended if one.hit]
    tell("master", died)


def test_what_is_kept_is_durable_before_the_answer(tmp_path: Path) -> None:
    """A kill leaves what the kernel knows; a power cut only what was synced, in this order."""
    site = Site(tmp_path)
    trace = tmp_path / "trace"
    command = ["strace", "-f", "-qq", "-y", "-o", str(trace), "-e", f"trace={DURABLE}", site.wrapper]
    told = call(command, INFECTED.raw, INFECTED.envelope(INFECTED.given), environment=site.environment())
    assert told.code == 0
    (kept,) = site.kept
    box = kept.parent.parent
    deeds = []
    for line in trace.read_text(errors="replace").splitlines():
        if found := re.match(r"\d+ +(?:write|fsync)\(\d+<([^>]*)>", line):
            deeds.append((line.split()[1].partition("(")[0], found[1]))
        elif found := NAMING.match(line):
            deeds.append((found[1], found[3] or found[2]))
        elif "exit_group(0)" in line:
            deeds.append(("exit", ""))
    assert deeds[-1] == ("exit", "")
    sidecar = box / "sidecar" / f"{kept.name}.json"
    assert json.loads(sidecar.read_text())["size"] == os.path.getsize(kept)
    for target in (sidecar, kept):
        renamed = deeds.index(("rename", str(target)))
        synced = [place for deed, place in deeds[:renamed] if deed == "fsync" and place.startswith(f"{box}/tmp/")]
        temporary = synced[-1]
        assert Path(temporary).name.startswith(target.name)
        written = [deed for deed, place in deeds[:renamed] if place == temporary]
        assert written[-1] == "fsync"
        assert set(written[:-1]) == {"write"}
        assert ("fsync", str(target.parent)) in deeds[renamed:]
    between = deeds[deeds.index(("rename", str(sidecar))) : deeds.index(("rename", str(kept)))]
    assert ("fsync", str(sidecar.parent)) in between
    made = [Path(place) for deed, place in deeds if deed == "mkdir"]
    assert {site.quarantine, box, kept.parent} <= set(made)
    for folder in made:  # a new name is durable when the folder above it is
        assert ("fsync", str(folder.parent)) in deeds[deeds.index(("mkdir", str(folder))) :]
