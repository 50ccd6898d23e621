"""What a plugin is told about the message's surroundings: bounds, time, the retry key and the verdict cache.

Guarantee: made afresh for each message, and read-only but for the Budget; there is no bag that plugins share.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from qsfilter.limits import Budget, Limits
    from qsfilter.model import Blob


@dataclass(frozen=True, slots=True)
class Answers:
    """What an engine said about the contents it was asked about."""

    found: Mapping[Blob, bytes]
    """Complete answers only, in the engine's own coding. A content that is not in it was not answered."""
    key: tuple[str, ...]
    """The engine's key, read again after asking; where it is no longer the key that was given, nothing is kept."""


class Cache(Protocol):
    """Answers of an engine for contents that were seen before."""

    def through(
        self,
        key: tuple[str, ...],
        blobs: tuple[Blob, ...],
        ask: Callable[[tuple[Blob, ...]], Answers],
    ) -> Mapping[Blob, bytes]:
        """Return an answer for each of BLOBS, from the cache where KEY and content match, else from ASK.

        KEY is everything an answer depends on but the content: engine, version of its signatures, options. ASK is
        called for contents that nobody has answered, each once where BLOBS has it twice. It may be called several
        times: again for those that another process was asking about and has not answered. What it raises is passed on.
        A blob without an answer is not in what is returned, and is not known to be clean.
        """
        ...


class Uncached:
    """The cache that knows nothing: every content is asked about."""

    def through(
        self,
        key: tuple[str, ...],  # noqa: ARG002 - the Cache protocol's
        blobs: tuple[Blob, ...],
        ask: Callable[[tuple[Blob, ...]], Answers],
    ) -> Mapping[Blob, bytes]:
        """Ask about all BLOBS."""
        return ask(blobs).found


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
