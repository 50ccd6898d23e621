"""A line on standard error that shows how far a long run is; nothing where that is no terminal.

Guarantee: it says nothing into files and pipes, and never stands in the way of what is printed.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from qsfilter.cli.terminal import columns, takes_escapes

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTH = 30
"""Of the bar, in characters."""
EVERY_SECONDS = 0.1
SURE_SECONDS = 1.0
"""Before that, nobody knows how long it takes."""
CLEAR = "\r\x1b[K"


class Progress:
    """How many of how many are done."""

    def __init__(self, count: Callable[[], int]) -> None:
        """Ask COUNT how many there are, on a terminal only."""
        self._terminal = takes_escapes(sys.stderr)
        self._whole = count() if self._terminal else 0
        self._done = 0
        self._stands = False
        self._started = self._shown = time.monotonic()

    def step(self) -> None:
        """Note that one more is done."""
        self._done += 1
        now = time.monotonic()
        if self._terminal and (now - self._shown >= EVERY_SECONDS or self._done == self._whole):
            self._shown = now
            self._show(now - self._started)

    def clear(self) -> None:
        """Take the line away, before something else is printed and at the end."""
        if self._stands:
            self._stands = False
            print(CLEAR, end="", file=sys.stderr, flush=True)

    def _show(self, seconds: float) -> None:
        self._stands = True
        whole = max(self._whole, self._done)
        bar = ("#" * (WIDTH * self._done // whole)).ljust(WIDTH, ".")
        speed = self._done / seconds if seconds > 0 else 0.0
        left = f", {(whole - self._done) / speed:.0f} s left" if seconds > SURE_SECONDS and whole > self._done else ""
        line = f"[{bar}] {self._done} of {whole}, {speed:.0f}/s{left}"
        fits = (columns(sys.stderr) or len(line) + 1) - 1  # of a line that wraps, only the end could be taken away
        print(f"{CLEAR}{line[:fits]}", end="", file=sys.stderr, flush=True)
