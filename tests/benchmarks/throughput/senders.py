"""Sends messages from several processes at once, so that the sender is not what limits the fast ones.

Guarantees: all begin at one moment, with their messages in hand, and each has its own interpreter.
"""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from throughput.contenders import Contender
    from throughput.processes import Sent

SHORTEST = 0.1
BYTES_A_SECOND = 100e6
"""How fast messages get to the senders, at least."""


class Senders:
    """As many processes as COUNT, kept for all batches."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"))
        # Each takes one of these, so all are there before anything is measured.
        list(self._pool.map(time.sleep, [0.5] * count))

    def __enter__(self) -> Self:
        """Nothing more to do: they have started."""
        return self

    def __exit__(self, *_: object) -> None:
        """End them."""
        self._pool.shutdown()

    def send(self, contender: Contender, messages: Sequence[bytes]) -> tuple[list[Sent], float]:
        """Send MESSAGES through CONTENDER, dealt out in turns; return the answers, and the seconds it took."""
        start = time.monotonic() + SHORTEST + 2 * sum(map(len, messages)) / BYTES_A_SECOND
        shares = [messages[first :: self.count] for first in range(self.count)]
        done = list(self._pool.map(_send, [contender] * self.count, shares, [start] * self.count))
        answers = [answer for found, _, _ in done for answer in found]
        return answers, max(ended for _, _, ended in done) - min(began for _, began, _ in done)


def _send(contender: Contender, messages: Sequence[bytes], start: float) -> tuple[list[Sent], float, float]:
    """Wait until START, send, and return the answers with the moments of begin and end."""
    time.sleep(max(0.0, start - time.monotonic()))
    began = time.monotonic()
    answers = [contender.send(message) for message in messages]
    return answers, began, time.monotonic()
