"""The bound on this process's memory, so that no message and no library fills the machine.

Guarantees: a soft limit, lower than what the caller set and never higher, so that it can be given back; memory that is
refused is a MemoryError where Python asked for it, which ends as "try again later".
"""

from __future__ import annotations

import resource


def bound_memory(most: int) -> None:
    """Let this process's address space grow to MOST bytes, or to what its caller allows if that is less."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY or soft > most:
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
