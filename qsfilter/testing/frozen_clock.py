"""A clock that stands still until a test moves it on, so that what depends on time is tested without waiting.

clock = FrozenClock()
run(raw, Slow(clock), clock=clock)
"""

from __future__ import annotations

NOON = 1795348800.0
"""22 November 2026, 12:00 UTC, in seconds since the epoch; the Date of `messages.HEADER`."""


class FrozenClock:
    """Given to `run`, it is the `ctx.clock` and the `ctx.now` of all plugins."""

    def __init__(self, now: float = NOON) -> None:
        """Show NOW, in seconds since the epoch; the clock that deadlines are on begins at 0."""
        self._began = now
        self._passed = 0.0

    def __call__(self) -> float:
        """Return the seconds since it was made."""
        return self._passed

    def now(self) -> float:
        """Return the seconds since the epoch."""
        return self._began + self._passed

    def advance(self, seconds: float) -> None:
        """Let SECONDS pass at once. Raises ValueError below 0: this clock never goes back."""
        if not seconds >= 0:
            raise ValueError(f"a clock does not go back by {-seconds} s")
        self._passed += seconds
