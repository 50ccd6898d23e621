"""What the kernel knows of a service's processes: memory, descriptors, who has died and is not waited for.

Guarantee: a process is signalled only while it is certainly a child of the one that was named.
"""

from __future__ import annotations

import os
import re
import signal
import statistics
from contextlib import suppress
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

GONE = (FileNotFoundError, ProcessLookupError)


class Seen(NamedTuple):
    """Master and workers at one moment."""

    sent: int
    """Mails that had been answered by then."""
    master: int
    """PSS in bytes, as the others."""
    workers: int
    """All of them together."""
    descriptors: tuple[int, ...]
    """Of the master, then of each worker from the fewest to the most."""

    @property
    def all(self) -> int:
        """PSS of the whole service."""
        return self.master + self.workers


def seen(sent: int, master: int, workers: Sequence[int]) -> Seen:
    """Look at the processes MASTER and WORKERS, all of which live, when so many mails were SENT."""
    opened = [len(os.listdir(f"/proc/{pid}/fd")) for pid in (master, *workers)]
    return Seen(sent, pss(master), sum(map(pss, workers)), (opened[0], *sorted(opened[1:])))


def pss(pid: int) -> int:
    """Return the memory of PID in bytes; what is shared is divided among those who share it."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        found = re.search(r"^Pss: +(\d+) kB$", file.read(), re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def state_and_parent(pid: int) -> tuple[str, int]:
    """Return the state of PID (one letter, as ps shows it) and its parent; ("", 0) where it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            state, parent = file.read().rpartition(")")[2].split()[:2]
    except GONE:
        return "", 0
    return state, int(parent)


def kill_child(pid: int, parent: int) -> bool:
    """Kill PID (SIGKILL) if it is a child of PARENT that lives; return whether it was."""
    with suppress(*GONE):
        descriptor = os.pidfd_open(pid)
        try:
            state, found = state_and_parent(pid)
            if found == parent and state != "Z":
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                return True
        finally:
            os.close(descriptor)
    return False


def running(programs: Sequence[str]) -> list[int]:
    """Return the processes that run one of PROGRAMS, which are paths."""
    found = []
    for name in os.listdir("/proc"):
        with suppress(*GONE, PermissionError):
            if name.isdigit() and os.readlink(f"/proc/{name}/exe") in programs:
                found.append(int(name))
    return found


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return by how much the second number grows with the first: the median over all pairs (Theil and Sen)."""
    return statistics.median(
        (later - earlier) / (end - begin) for (begin, earlier), (end, later) in combinations(points, 2)
    )
