"""How long each of several ways takes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def best(ways: Mapping[str, Callable[[], object]], rounds: int, repeat: int = 1) -> dict[str, float]:
    """Return the best seconds for one call of each of WAYS, taken in turns so that all meet the same machine.

    There are ROUNDS turns, with REPEAT calls in each.
    """
    took = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, way in ways.items():
            started = time.perf_counter()
            for _ in range(repeat):
                way()
            took[name] = min(took[name], (time.perf_counter() - started) / repeat)
    return took
