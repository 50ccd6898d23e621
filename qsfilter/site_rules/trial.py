"""Tries a new version of a rules file in a process of its own before it is let into this one.

Guarantees: an endless loop, `os._exit(0)`, a crash of the interpreter or all memory taken ends the trial and nothing
else; it is over after TRIAL_SECONDS with all processes it has started in its session.
"""

from __future__ import annotations

import os
import select
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from qsfilter.errors import QsfilterError

if TYPE_CHECKING:
    from collections.abc import Callable

TRIAL_SECONDS = 10.0
MOST_MEMORY = 2 << 30
LONGEST = 2000
"""Of what a trial tells; less than a pipe holds, so that telling it never waits."""
GOOD = b"+\n"


def trial(load: Callable[[], object], path: str) -> str:
    """Call LOAD in another process; return what is wrong with the file at PATH, or nothing if it loads."""
    try:
        reading, writing = os.pipe()
    except OSError as error:
        return f"rules {path}: can't be tried: {error.strerror}"
    try:
        child = os.fork()
    except OSError as error:
        os.close(reading)
        os.close(writing)
        return f"rules {path}: can't be tried: {error.strerror}"
    if child == 0:
        _be_tried(load, writing, path)
    os.close(writing)
    try:
        told, over = _told(reading)
    finally:
        os.close(reading)
        _end(child)
    if told == GOOD:
        return ""
    if told.endswith(b"\n"):
        return told.decode("utf-8", "replace").strip()
    if over:
        return f"rules {path}: the process that loaded it has ended"
    return f"rules {path}: was not loaded after {TRIAL_SECONDS:.3g} s"


def _be_tried(load: Callable[[], object], writing: int, path: str) -> NoReturn:
    answer = b""
    try:
        os.setsid()
        signal.setitimer(signal.ITIMER_REAL, 0)
        from qsfilter.memory import bound_memory  # noqa: PLC0415 - a new version is rare

        bound_memory(MOST_MEMORY)
        load()
        answer = GOOD
    except QsfilterError as error:
        answer = str(error).encode("utf-8", "replace").replace(b"\n", b" ")[:LONGEST] + b"\n"
    except BaseException as error:  # noqa: BLE001 - whatever it is, this process ends here
        answer = f"rules {path}: {type(error).__name__}\n".encode("utf-8", "replace")
    finally:
        with suppress(BaseException):
            os.write(writing, answer)
        os._exit(0)


def _told(reading: int) -> tuple[bytes, bool]:
    """Return what the process tells up to the end of a line, and whether it has closed the pipe."""
    until = time.monotonic() + TRIAL_SECONDS
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    told = b""
    while not told.endswith(b"\n"):  # not to the end: what it has started may hold the pipe open
        left = until - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            return told, False
        piece = os.read(reading, LONGEST + 1)
        if not piece:
            return told, True
        told += piece
    return told, True


def _end(child: int) -> None:
    """End CHILD and what is in its session."""
    for kill in (os.killpg, os.kill):
        with suppress(OSError):
            kill(child, signal.SIGKILL)
    with suppress(ChildProcessError):  # where SIGCHLD is ignored, there is nothing to wait for
        os.waitpid(child, 0)
