"""What the caller is told where filtering itself went wrong: an exit code for each error, and one line for the log.

Guarantee: whatever it is, the code is a temporary one, or one that qmail-queue itself gives for the same fault.
"""

from __future__ import annotations

from qsfilter.errors import OutOfTime, QsfilterError, text_of
from qsfilter.queue import contract

TIMEOUT = 52
BUG = 81


class CallerGone(KeyboardInterrupt):
    """Nobody would hear the answer, and the sender tries again. An interrupt, so no stage takes it for a failure."""


def judged(error: BaseException) -> tuple[int, str]:
    """Return the exit code for ERROR and what the log says about it."""
    if isinstance(error, QsfilterError):
        return error.exit, f"{type(error).__name__}: {text_of(error)}"
    if isinstance(error, CallerGone):
        return contract.DEFER, "the caller is gone; nothing is queued"
    if isinstance(error, MemoryError):
        return contract.OUT_OF_MEMORY, "out of memory"
    if isinstance(error, OutOfTime):
        return TIMEOUT, "out of time"
    return BUG, f"{type(error).__name__}: {text_of(error)}"
