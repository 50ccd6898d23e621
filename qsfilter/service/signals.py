"""The signals of the master: it waits for them as for messages at a pipe, and its children don't get into that.

Guarantees: a signal wakes the master whenever it comes, also just before it waits, and is heeded at its next look where
the pipe fails; one that is meant for a child is never taken for one of the master's.
"""

from __future__ import annotations

import os
import select
import signal
from contextlib import suppress

NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


class Signals:
    """What comes for this process from now on; none of it ends the process."""

    def __init__(self) -> None:
        self._come: set[int] = set()
        self._wake, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        for number in NUMBERS:
            signal.signal(number, lambda come, _: self._come.add(come))
        self._waiting = select.poll()
        self._waiting.register(self._wake, select.POLLIN)

    def wait(self, seconds: float) -> set[int]:
        """Return the numbers of the signals that have come, after SECONDS at the latest."""
        self._waiting.poll(seconds * 1000)
        with suppress(OSError):  # which numbers came is not learned from the pipe
            os.read(self._wake, 512)
        come, self._come = self._come, set()
        return come

    def fork(self) -> int:
        """Fork as `os.fork` does; the child is cut off from the pipe before a signal reaches it. Raises OSError."""
        signal.pthread_sigmask(signal.SIG_BLOCK, NUMBERS)
        try:
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                os.close(self._wake)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, NUMBERS)
        return pid


def how_it_ended(status: int) -> str:
    """Say how a process ended that was waited for with STATUS: "was killed by SIGSEGV"."""
    code = os.waitstatus_to_exitcode(status)
    return f"ended with code {code}" if code >= 0 else f"was killed by {signal.Signals(-code).name}"
