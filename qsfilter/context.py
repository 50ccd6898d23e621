"""What a plugin is told about the message's surroundings: bounds, time, the retry key and the verdict cache.

Guarantee: made afresh for each message, and read-only but for the Budget; there is no bag that plugins share.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from qsfilter.limits import Budget, Limits
    from qsfilter.model import Blob

T = TypeVar("T")


class Cache(Protocol):
    """Answers of an engine for contents that were seen before."""

    def through(
        self,
        key: tuple[str, ...],
        blobs: tuple[Blob, ...],
        ask: Callable[[tuple[Blob, ...]], Mapping[Blob, T]],
    ) -> Mapping[Blob, T]:
        """Return an answer for each of BLOBS, from the cache where KEY and content match, else from ASK."""
        ...


class Uncached:
    """The cache that knows nothing: every content is asked about."""

    def through(
        self,
        key: tuple[str, ...],  # noqa: ARG002 - the Cache protocol's
        blobs: tuple[Blob, ...],
        ask: Callable[[tuple[Blob, ...]], Mapping[Blob, T]],
    ) -> Mapping[Blob, T]:
        """Ask about all BLOBS."""
        return ask(blobs)


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """One message's surroundings."""

    limits: Limits
    budget: Budget
    deadline: float
    """On `clock`; engines pass what is left of it to their own time limits."""
    key: str
    """SHA-256 (hexadecimal) by which a retry of the same mail is recognised."""
    cache: Cache = field(default_factory=Uncached)
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    """Seconds since the epoch, for what ends at a date."""
    waited: float = 0.0
    """Seconds since this mail was sent for the first time, as far as that is known."""

    @property
    def seconds_left(self) -> float:
        """Seconds until the deadline, never below 0."""
        return max(0.0, self.deadline - self.clock())
