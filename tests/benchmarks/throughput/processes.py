"""Starts programs, one for a message or one for good, and tells what they cost.

Guarantees: CPU time is the kernel's own sum, in nanoseconds for living processes and microseconds for ended ones, and
is that of a whole tree; only processes started here are stopped, by their number.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ENVELOPE = b"Falice@example.net\0Tbob@example.com\0\0"
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "TCPREMOTEIP": "192.0.2.7"}
CLOCK_OF_PROCESS = 2
"""CPUCLOCK_SCHED, what clock_getcpuclockid(3) puts into the lowest bits."""
START_SECONDS = 60.0
STOP_SECONDS = 20.0
TICK = 1 / os.sysconf("SC_CLK_TCK")
PEAK = """\
import os, sys
actions = [(os.POSIX_SPAWN_DUP2, int(sys.argv[1]), 1)]
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], dict(os.environ), file_actions=actions)
print(os.wait4(pid, 0)[2].ru_maxrss)
"""
"""A small parent: a child's peak begins with that of the process that started it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One message's way: what became of it, the seconds, and the CPU seconds of processes started for it alone."""

    verdict: str
    """`passed`, `caught`, or what went wrong."""
    wall: float
    cpu: float = 0.0


def file_of(message: bytes) -> int:
    """Return a descriptor from which MESSAGE can be read, in memory."""
    file = os.memfd_create("message")
    os.truncate(file, len(message))
    os.pwrite(file, message, 0)
    return file


def envelope_pipe() -> int:
    """Return the reading end of a pipe that holds an envelope."""
    reader, writer = os.pipe()
    os.write(writer, ENVELOPE)
    os.close(writer)
    return reader


def send(command: Sequence[str], message: bytes, log: str, environment: Mapping[str, str]) -> Sent:
    """Give MESSAGE to COMMAND as to qmail-queue: on descriptor 0, the envelope on 1, and the file LOG as 2."""
    body, envelope = file_of(message), envelope_pipe()
    actions = [
        (os.POSIX_SPAWN_DUP2, body, 0),
        (os.POSIX_SPAWN_DUP2, envelope, 1),
        (os.POSIX_SPAWN_OPEN, 2, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
    ]
    began = time.perf_counter()
    pid = os.posix_spawn(command[0], list(command), environment, file_actions=actions)
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - began
    os.close(body)
    os.close(envelope)
    code = os.waitstatus_to_exitcode(status)
    verdict = {0: "passed", 31: "caught"}.get(code, f"exit code {code}")
    return Sent(verdict, wall, used.ru_utime + used.ru_stime)


def peak_of(command: Sequence[str], message: bytes, log: str, environment: Mapping[str, str]) -> int:
    """Return the most memory in bytes that COMMAND, or a process of its own, has while it is given MESSAGE."""
    body, envelope = file_of(message), envelope_pipe()
    command = [sys.executable, "-I", "-S", "-c", PEAK, str(envelope), *command]
    try:
        with open(log, "ab") as out:
            done = subprocess.run(
                command,
                check=True,
                stdin=body,
                stdout=subprocess.PIPE,
                stderr=out,
                env=dict(environment),
                pass_fds=(envelope,),
            )
    finally:
        os.close(body)
        os.close(envelope)
    return int(done.stdout) * 1024


def tree(root: int) -> list[int]:
    """Return ROOT and all its living descendants."""
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (fields := _stat(int(name))):
            parents.setdefault(int(fields[1]), []).append(int(name))
    found = [root]
    for pid in found:
        found += parents.get(pid, ())
    return found


def cpu_seconds(root: int) -> float:
    """Return the CPU time of ROOT, its descendants, and those of them that have ended and were waited for."""
    total = 0.0
    for pid in tree(root):
        with contextlib.suppress(OSError):
            total += time.clock_gettime_ns((~pid << 3) | CLOCK_OF_PROCESS) / 1e9
        if fields := _stat(pid):
            total += (int(fields[13]) + int(fields[14])) * TICK
    return total


def memory(root: int, field: str = "VmHWM", *, inner: bool = True) -> int:
    """Return the largest FIELD of /proc/PID/status among ROOT and its descendants, or with not INNER of ROOT alone."""
    largest = 0
    for pid in tree(root) if inner else [root]:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            largest = max([largest, *(int(line.split()[1]) * 1024 for line in file if line.startswith(field + ":"))])
    return largest


@contextlib.contextmanager
def daemon(
    command: Sequence[str], log: str, ready: Callable[[], bool], environment: Mapping[str, str] = ENVIRONMENT
) -> Iterator[int]:
    """Run COMMAND in the foreground with its output in the file LOG, wait until READY, and stop it in the end.

    Yields its number. Raises RuntimeError with its last words if it ends or takes too long.
    """
    with open(log, "wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=dict(environment), start_new_session=True
        )
    try:
        end = time.monotonic() + START_SECONDS
        while not ready():
            if process.poll() is not None or time.monotonic() > end:
                with open(log, encoding="utf-8", errors="replace") as file:
                    raise RuntimeError(f"{command[0]} does not start: {file.read()[-2000:]}")
            time.sleep(0.02)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # What it started is in its session, and hangs as it does.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on, or none where it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []
