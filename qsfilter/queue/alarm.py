"""The timers of a one-process wrapper: one that interrupts Python, and one behind it that ends the process.

Guarantees: a plugin that computes or sleeps for ever gets OutOfTime; one that swallows it gets it again; one that never
comes back from native code ends the process with a temporary failure, and its trace stands in the log.
"""

from __future__ import annotations

import _thread
import faulthandler
import signal
from typing import TYPE_CHECKING

from qsfilter.errors import DeliveryError, OutOfTime
from qsfilter.queue.contract import OUT_OF_MEMORY

if TYPE_CHECKING:
    from types import FrameType

AGAIN_SECONDS = 0.2
GRACE_SECONDS = 10.0
STACK_BYTES = 256 << 10
"""For the thread that ends the process, which calls two functions of C."""


class Alarm:
    """Raises OutOfTime in the main thread when the time of its block is over: `with alarm(seconds): …`."""

    def __init__(self) -> None:
        """Take over SIGALRM; what it did before is restored by the process edge."""
        self._seconds = 0.0
        signal.signal(signal.SIGALRM, self._ring)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM])

    def __call__(self, seconds: float) -> Alarm:
        """Set the time of the next block, in seconds above 0."""
        self._seconds = seconds
        return self

    def __enter__(self) -> None:
        """Start the timer; it rings again and again, because code may swallow what it raises."""
        signal.setitimer(signal.ITIMER_REAL, self._seconds, AGAIN_SECONDS)

    def __exit__(self, *_: object) -> None:
        """Stop the timer."""
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, _number: int, frame: FrameType | None) -> None:
        if frame is not None and frame.f_code is Alarm.__exit__.__code__:
            return  # the block is done; raising now would leave the timer running
        raise OutOfTime


def end_process_after(seconds: float, trace: int) -> None:
    """End the process with exit code 1 in SECONDS, whatever it does, with a trace on the descriptor TRACE.

    It is the one timer that native code can't hold up: a thread of C that needs neither signals nor the interpreter.
    Raises DeliveryError (51) where the machine allows no thread more.
    """
    # A thread's stack is as large as RLIMIT_STACK, and `softlimit -m` makes that as large as all memory together: with
    # the usual size no thread could be started at all.
    usual = _thread.stack_size(STACK_BYTES)
    try:
        faulthandler.dump_traceback_later(seconds, exit=True, file=trace)
    except RuntimeError as error:
        text = "can't start the thread that ends what hangs: no memory, or too many processes and threads"
        raise DeliveryError(text, OUT_OF_MEMORY) from error
    finally:
        _thread.stack_size(usual)


def go_on() -> None:
    """Call off `end_process_after`."""
    faulthandler.cancel_dump_traceback_later()
