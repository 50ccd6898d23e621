"""Runs programs under strace, lists the system calls that they make, and kills or fails them at one of these.

Guarantees: strace is told one call by its name and number, so what else happens is as without it; only processes that
are started here, or whose number is given, are traced; every wait ends.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import pytest

from qsfilter.testing.caller import call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

T = TypeVar("T")
CALL = re.compile(r"(?:(\d+) +)?(\w+)\((.*)")
STARTED = re.compile(r"execve(?:\(| resumed>).* = 0$")
SECONDS = 60.0
PR_SET_PTRACER = 0x59616D61
MAY_BE_TRACED = f"""\
import ctypes
ctypes.CDLL(None).prctl({PR_SET_PTRACER}, ctypes.c_ulong(-1), 0, 0, 0)
"""
"""Python that lets strace look at its process also where Yama allows that to ancestors only."""


class Call(NamedTuple):
    """One system call of a plain run."""

    name: str
    ordinal: int
    """The how manieth call of that name it is; strace counts each name and each thread on its own."""
    told: str
    """Its arguments and its answer, as strace writes them."""


class Injection(NamedTuple):
    """What is done to the ORDINAL-th call NAME: `signal=SIGKILL` before it, or `error=EIO` instead of it."""

    name: str
    ordinal: int
    act: str

    @property
    def options(self) -> list[str]:
        """What strace is asked for."""
        return ["-e", f"trace={self.name},execve", "-e", f"inject={self.name}:{self.act}:when={self.ordinal}"]

    def __str__(self) -> str:
        return f"{self.act} at {self.name} {self.ordinal}"


class Ended(NamedTuple):
    """What the caller saw, what was logged, and what was traced."""

    code: int
    log: str
    trace: str

    @property
    def hit(self) -> bool:
        """Whether what was to be injected has happened, and not to the queue program that the process has become."""
        lines = self.trace.splitlines()
        became = [number for number, line in enumerate(lines) if STARTED.search(line)]
        own = lines[: became[1]] if len(became) > 1 else lines
        return any("(INJECTED)" in line or "killed by SIGKILL" in line for line in own)

    @property
    def failed(self) -> str:
        """The call that was failed, as strace writes it; empty where none was."""
        lines = (CALL.match(line) for line in self.trace.splitlines() if "(INJECTED)" in line)
        return next((found[3] for found in lines if found), "")


def require() -> None:
    """Fail the test that runs where there is no strace."""
    if not shutil.which("strace"):
        pytest.fail("install strace")


def run(
    program: str,
    raw: bytes,
    envelope: bytes,
    environment: Mapping[str, str],
    trace: Path,
    options: Sequence[str] = (),
) -> Ended:
    """Give a message to PROGRAM, started under strace, which ends as the program does.

    With OPTIONS the calls that these name stop the program, and no others; without, all calls are in the trace.
    """
    # With seccomp all other calls pass as if nobody looked, which is faster; strace 6.1 then sends no signals.
    faster = ["--seccomp-bpf"] if any("error=" in option for option in options) else []
    command = ["strace", "-f", "-q", "-y", "-o", str(trace), *faster, *options]
    told = call([*command, program], raw, envelope, environment=environment)
    return Ended(told.code, told.log, trace.read_text(errors="replace"))


@contextmanager
def attached(process: int, trace: Path, options: Sequence[str] = ()) -> Iterator[None]:
    """Within the block, trace PROCESS, which sleeps: its calls after the one in which it does."""
    with subprocess.Popen(
        ["strace", "-y", "-o", str(trace), *options, "-p", str(process)], stderr=subprocess.PIPE
    ) as tracer:
        assert tracer.stderr is not None
        try:
            said = tracer.stderr.readline()
            assert b"attached" in said, f"strace says {said.decode(errors='replace')}; may we trace {process}?"
            yield
        finally:
            tracer.send_signal(signal.SIGINT)  # it lets the process go
            try:
                tracer.wait(SECONDS)
            except subprocess.TimeoutExpired:
                tracer.kill()


def calls(trace: str, first: str = "") -> list[Call]:
    """List the calls of TRACE that the process makes itself, from the first one that begins with FIRST on.

    What it does as another program, and what its threads and children do, is left out.
    """
    seen: dict[str, int] = {}
    found: list[Call] = []
    own = None
    begun = not first
    for line in trace.splitlines():
        match = CALL.match(line)
        if match is None:
            continue
        process, name, told = match.groups()
        own = own or process
        if process != own or name == "restart_syscall" or (name == "execve" and not seen):
            continue  # strace itself does not count the call by which it starts a program
        seen[name] = seen.get(name, 0) + 1
        begun = begun or f"{name}({told}".startswith(first)
        if begun:
            found.append(Call(name, seen[name], told))
        if name == "execve":
            break
    return found


def spread(found: Sequence[T], most: int, first: int = 0) -> list[T]:
    """Choose at most MOST of those FOUND, in equal distances; FIRST, from 0 to 2, says which of them."""
    step = max(1.0, len(found) / most)
    places = [int(first * step / 3 + number * step) for number in range(most)]
    return [found[place] for place in dict.fromkeys(places) if place < len(found)]


def sleeps(process: int, *, on: str) -> bool:
    """Whether PROCESS sleeps and has a file open whose link in /proc ends with ON."""
    try:
        files = {os.readlink(file) for file in Path(f"/proc/{process}/fd").iterdir()}
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state == "S" and any(file.endswith(on) for file in files)
