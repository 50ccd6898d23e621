"""Killed at whatever system call: the mail is queued whole, or kept durably, or the caller knows that it is neither.

The wrapper is killed before each call that it makes, from its first read of the message to the last call before it
becomes the queue program or ends; where the message can't matter yet, every second time with one that is infected.
QSFILTER_SOAK=1 kills it before every call from its start on, with both messages.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from qsfilter.testing.caller import call

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.process.conftest import Site

CALL = re.compile(r"(\d+) +(\w+)\(")
READ = re.compile(r"\d+ +read\(0, ")
FULL = os.environ.get("QSFILTER_SOAK") == "1"
# Some processors have only the calls with "at".
DURABLE = "write,fsync,exit_group,?rename,?renameat,?renameat2,?mkdir,?mkdirat"
NAMING = re.compile(r'\d+ +(rename|mkdir)\w*\((?:AT_FDCWD\S*, )?"([^"]*)"(?:, (?:AT_FDCWD\S*, )?"([^"]*)")?')
pytestmark = [pytest.mark.slow] if FULL else []


class Kill(NamedTuple):
    """Before the ORDINAL-th call NAME of one process or thread; strace counts each name and thread on its own."""

    name: str
    ordinal: int

    @property
    def options(self) -> list[str]:
        """What strace is asked for."""
        return ["-e", f"trace={self.name}", "-e", f"inject={self.name}:signal=SIGKILL:when={self.ordinal}"]


class Ended(NamedTuple):
    """What the caller saw, and what was traced."""

    code: int
    trace: str


@pytest.fixture(autouse=True)
def _strace_is_there() -> None:
    if not shutil.which("strace"):
        pytest.fail("install strace")


# --- running ----------------------------------------------------------------------------------------------------------


def run_from_the_start(site: Site, raw: bytes, options: list[str]) -> Ended:
    """Run the wrapper under strace, which ends as the wrapper does."""
    trace = site.folder / "trace"
    command = ["strace", "-f", "-qq", "-o", str(trace), *options, site.wrapper]
    code = call(command, raw, site.envelope, environment=site.environment()).code
    return Ended(code, trace.read_text(errors="replace"))


def run_from_the_first_read(site: Site, raw: bytes, options: list[str]) -> Ended:
    """Start the wrapper, and trace it from where it waits for the message: a fifth of the calls and of the time."""
    trace = site.folder / "trace"
    envelope_out, envelope_in = os.pipe()
    with (
        open(envelope_out, "rb") as out,
        open(envelope_in, "wb", buffering=0) as envelope,
        subprocess.Popen(
            [site.wrapper], stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL, env=site.environment()
        ) as wrapper,
    ):
        out.close()
        try:
            wait_until_it_reads(wrapper.pid)
            command = ["strace", "-f", "-o", str(trace), *options, "-p", str(wrapper.pid)]
            with subprocess.Popen(command, stderr=subprocess.PIPE) as tracer:
                try:
                    assert tracer.stderr is not None
                    assert b"attached" in tracer.stderr.readline()
                    assert wrapper.stdin is not None
                    for pipe, data in ((wrapper.stdin, raw), (envelope, site.envelope_sent)):
                        with contextlib.suppress(BrokenPipeError), pipe:
                            pipe.write(data)
                    code = wrapper.wait(60)
                    tracer.stderr.read()
                finally:
                    wrapper.kill()
        finally:
            wrapper.kill()
    return Ended(code, trace.read_text(errors="replace"))


def wait_until_it_reads(process: int) -> None:
    """Wait until PROCESS has its file for the message and sleeps, which it does for the first time in reading."""
    for _ in range(20_000):
        try:
            files = {os.readlink(file) for file in Path(f"/proc/{process}/fd").iterdir()}
        except FileNotFoundError:  # closed while we looked
            continue
        if "/memfd:qsfilter (deleted)" in files:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
            if state == "S":
                return
        time.sleep(0.001)
    pytest.fail("the wrapper does not read")


def may_attach() -> bool:
    """Whether strace may look at a process that it has not started."""
    restricted = Path("/proc/sys/kernel/yama/ptrace_scope")
    return os.geteuid() == 0 or not restricted.exists() or restricted.read_text().strip() == "0"


def kills_in(trace: str, *, attached: bool) -> list[Kill]:
    """List the calls in TRACE from the first read of the message to the one by which the wrapper becomes another."""
    seen: dict[tuple[str, str], int] = {}
    kills: dict[Kill, None] = {}
    reading = attached or FULL
    for line in trace.splitlines():
        found = CALL.match(line)
        if not found:
            continue
        process, name = found.groups()
        seen[process, name] = seen.get((process, name), 0) + 1
        reading = reading or bool(READ.match(line))
        if reading:
            kills[Kill(name, seen[process, name])] = None
        if name == "execve" and (attached or seen[process, name] == 2):
            break
    return list(kills)


def every_second(kills: list[Kill], first: int) -> list[Kill]:
    """Leave out every second of the KILLS before plugins are started; up to there the wrapper knows no message."""
    names = [one.name for one in kills]
    start = names.index("setitimer")
    return kills[first:start:2] + kills[start:]


# --- what must hold ---------------------------------------------------------------------------------------------------


def check(site: Site, raw: bytes, code: int) -> None:
    """Assert that nothing is half there, and that "accepted" was said only of mail that is whole somewhere."""
    queued = [(site.without_our_lines(taken.message), taken.envelope) for taken in site.queue.queued]
    assert queued in ([], [(raw, site.envelope_sent)])
    kept = site.kept
    assert [copy.read_bytes() for copy in kept] in ([], [raw])
    for copy in kept:
        sidecar = json.loads((copy.parent.parent / "sidecar" / f"{copy.name}.json").read_text())
        assert sidecar["size"] == len(raw)
    assert not (kept and raw == site.clean)
    assert not (queued and raw == site.infected)
    if code == 0:
        assert queued or kept


def clear(site: Site) -> None:
    """Take away what is whole; what a killed wrapper left half done stays in the way of the next."""
    for path in [*site.kept, *(site.queue_folder / "queue").iterdir()]:
        path.unlink()
    # A message that was killed at three times would be given up, and rightly.
    shutil.rmtree(site.folder / "attempts", ignore_errors=True)


def test_what_is_kept_is_durable_before_the_answer(site: Site) -> None:
    """A kill leaves what the kernel knows; a power cut only what was synced, in this order."""
    ended = run_from_the_start(site, site.infected, ["-y", "-e", f"trace={DURABLE}"])
    assert ended.code == 0
    (kept,) = site.kept
    box = kept.parent.parent
    deeds = []
    for line in ended.trace.splitlines():
        if found := re.match(r"\d+ +(?:write|fsync)\(\d+<([^>]*)>", line):
            deeds.append((line.split()[1].partition("(")[0], found[1]))
        elif found := NAMING.match(line):
            deeds.append((found[1], found[3] or found[2]))
        elif "exit_group(0)" in line:
            deeds.append(("exit", ""))
    assert deeds[-1] == ("exit", "")
    sidecar = box / "sidecar" / f"{kept.name}.json"
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


@pytest.mark.timeout(3600 if FULL else 600)
@pytest.mark.parametrize(("what", "first"), [("clean", 0), ("infected", 1)], ids=["clean", "infected"])
def test_killed_before_any_call_it_neither_loses_nor_halves_mail(
    tmp_path_factory: pytest.TempPathFactory,
    site: Site,
    what: str,
    first: int,
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    raw = getattr(site, what)
    attached = may_attach() and not FULL
    run = run_from_the_first_read if attached else run_from_the_start
    plain = run(site, raw, [])
    assert plain.code == 0
    check(site, raw, plain.code)
    kills = kills_in(plain.trace, attached=attached)
    if not FULL:
        kills = every_second(kills, first)
    numbers = count()
    places = threading.local()

    def kill(one: Kill) -> tuple[Kill, int]:
        if not hasattr(places, "site"):
            folder = tmp_path_factory.mktemp(f"killed-{next(numbers)}")
            places.site = type(site)(folder)
        ended = run(places.site, raw, one.options)
        try:
            check(places.site, raw, ended.code)
        except AssertionError as error:
            raise AssertionError(f"killed before {one.name} {one.ordinal}; exit code {ended.code}: {error}") from error
        clear(places.site)
        return one, ended.code

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(kill, kills))
    died = [one for one, code in ended if code == -9]
    record_testsuite_property(f"kills, {what}", len(died))
    # Not all: a thread or a dictionary's order may make one call more or less than in the first run.
    assert len(died) > 0.9 * len(kills), f"{len(died)} of {len(kills)} kills happened"
    names = {one.name for one in died}
    assert {"read", "write", "openat"} <= names
    assert ("execve" if what == "clean" else "fsync") in names
