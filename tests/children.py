"""Processes beside that of a test: forks that do one thing, and many that begin at once."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def in_child(work: Callable[[], object]) -> int:
    """Do WORK in a child that ends as one that is killed: nothing is closed. Return its status."""
    return os.waitpid(_forked(work), 0)[1]


@contextlib.contextmanager
def child(work: Callable[[], object]) -> Iterator[int]:
    """Do WORK in a child process, and end it if it has not ended by itself at the end of the block."""
    process = _forked(work)
    try:
        yield process
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def told_by_many(code: str, argument: str, count: int) -> list[str]:
    """Run CODE with ARGUMENT in COUNT processes that go on together behind a line of input; return what they print."""
    command = [sys.executable, "-c", code, argument]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)
    ]
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate(timeout=100)[0] for process in running]


def _forked(work: Callable[[], object]) -> int:
    process = os.fork()
    if process == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return process
