"""Which server is asked first: by weight, by order, and by how long ago it failed.

Guarantees: a server that failed is left out for a time that doubles with each further failure, up to a bound, and is
then tried by one message; no server is left out for good, for where all have failed each is tried again.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qsfilter_clamav.servers import Server

PAUSE_SECONDS = 5.0
"""How long a server is left out after its first failure: that one has cost a message its share of the time already."""
LONGEST_PAUSE_SECONDS = 300.0


def drawn(most: int) -> int:
    """Return a random number below MOST."""
    return int.from_bytes(os.urandom(4)) % most


class Health:
    """What is remembered of each server; for one process."""

    def __init__(
        self,
        servers: Sequence[Server],
        *,
        clock: Callable[[], float] = time.monotonic,
        draw: Callable[[int], int] = drawn,
    ) -> None:
        """Order SERVERS; CLOCK and DRAW are others in tests."""
        self._servers = tuple(servers)
        self._clock = clock
        self._draw = draw
        self._failures: dict[Server, int] = {}
        """In a row."""
        self._until: dict[Server, float] = {}
        """Until when one that failed is left out."""

    def order(self) -> list[Server]:
        """Return all servers in the order in which they are to be asked about one message.

        First those that are well: of those with a weight one that is drawn by it, the others as the option names them,
        then those without. Behind them those that are left out, the one first whose time is over first.
        """
        if len(self._servers) == 1:
            return [*self._servers]
        now = self._clock()
        well = [server for server in self._servers if self._until.get(server, now) <= now]
        out = [server for server in self._servers if server not in well]
        found = sorted(well, key=lambda server: not server.weight)
        total = sum(server.weight for server in found)
        if total and found[0].weight != total:
            place = self._draw(total)
            for server in found:
                place -= server.weight
                if place < 0:
                    found.remove(server)
                    found.insert(0, server)
                    break
        return found + sorted(out, key=lambda server: self._until[server])

    def is_doubtful(self, server: Server) -> bool:
        """Tell whether SERVER failed when it was last asked, so that this message is its trial."""
        return server in self._failures

    def begins(self, server: Server) -> None:
        """Note that SERVER is asked; while a message tries one that failed, others leave it out."""
        if server in self._failures:
            self._until[server] = max(self._until[server], self._clock() + PAUSE_SECONDS)

    def failed(self, server: Server) -> None:
        """Note that SERVER gave no answer."""
        failures = self._failures[server] = self._failures.get(server, 0) + 1
        pause = min(LONGEST_PAUSE_SECONDS, PAUSE_SECONDS * 2.0 ** min(failures - 1, 16))
        self._until[server] = self._clock() + pause

    def answered(self, server: Server) -> None:
        """Note that SERVER is well."""
        self._failures.pop(server, None)
        self._until.pop(server, None)
