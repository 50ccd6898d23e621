"""What this process was given by its caller, and how it is given on to the queue program.

Guarantees: environment, signals, timer, mask, descriptors and the bound on memory are as if we had not been there; of
the environment only `transport.REMOVED` and QSFILTER_* are taken away. Directory, umask and all other limits are never
changed, so they stay.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from dataclasses import dataclass

FIRST_OTHER = 3
PYTHONS = (signal.SIGPIPE, signal.SIGXFSZ)
"""Signals that Python ignores from its start, so that their state before can only be learnt from our parent."""
STANDARD = frozenset(range(1, 32)) - {signal.SIGKILL, signal.SIGSTOP}
"""Signals that we, Python when it starts, or a plugin may set; `signal.valid_signals()` would take 60 us to say so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Inherited:
    """State at the start; `take` reads it, `restore` brings it back."""

    started: float
    environment: dict[bytes, bytes]
    parent: int
    mask: frozenset[int]
    alarm: tuple[float, float]
    ignored: frozenset[int]
    descriptors: tuple[int, ...]
    """Descriptors from 3 up that the queue program would have got."""
    address_space: tuple[int, int]
    """Soft and hard limit, in bytes."""

    @classmethod
    def take(cls) -> Inherited:
        """Read the state, and keep inherited descriptors from whatever plugins start."""
        parent = os.getppid()
        ignored = {int(signum) for signum in STANDARD if signal.getsignal(signum) is signal.SIG_IGN}
        descriptors = _inherited_descriptors()
        for number in descriptors:
            os.set_inheritable(number, False)
        return cls(
            started=time.monotonic(),
            environment=_environment(),
            parent=parent,
            mask=frozenset(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
            alarm=signal.getitimer(signal.ITIMER_REAL),
            ignored=frozenset(ignored - set(PYTHONS) | _ignored_by(parent)),
            descriptors=descriptors,
            address_space=resource.getrlimit(resource.RLIMIT_AS),
        )

    @property
    def parent_is_gone(self) -> bool:
        """Whether our caller has died, so that nobody would hear the answer and the sender will try again."""
        return os.getppid() != self.parent

    def restore(self) -> None:
        """Bring everything back, for the program that this process becomes next."""
        for signum in STANDARD:
            was = signal.SIG_IGN if signum in self.ignored else signal.SIG_DFL
            if signal.getsignal(signum) is not was:
                signal.signal(signum, was)
        value, interval = self.alarm
        if value:  # the caller's own alarm goes on from where it would be by now
            value = max(0.001, value - (time.monotonic() - self.started))
        signal.setitimer(signal.ITIMER_REAL, value, interval)
        signal.pthread_sigmask(signal.SIG_SETMASK, self.mask)
        for number in self.descriptors:
            os.set_inheritable(number, True)
        resource.setrlimit(resource.RLIMIT_AS, self.address_space)


def _inherited_descriptors() -> tuple[int, ...]:
    """List the descriptors from 3 up that came with us; Python makes all of its own close-on-exec (PEP 446)."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            if int(name) >= FIRST_OTHER and os.get_inheritable(int(name)):
                found.append(int(name))
        except OSError:
            continue  # the descriptor of the listing itself
    return tuple(found)


def _environment() -> dict[bytes, bytes]:
    """Read the environment as the kernel got it: Python adds LC_CTYPE to the C locale when it starts (PEP 538)."""
    try:
        with open("/proc/self/environ", "rb") as file:
            entries = file.read().split(b"\0")
    except OSError:
        return dict(os.environb)
    # Backwards, because of two with one name getenv() finds the first.
    pairs = (entry.partition(b"=") for entry in reversed(entries) if b"=" in entry)
    return {name: value for name, _, value in pairs}


def _ignored_by(parent: int) -> set[int]:
    """Return those of PYTHONS that PARENT ignores; a child inherits that, and qmail-smtpd ignores SIGPIPE."""
    try:
        with open(f"/proc/{parent}/status", "rb") as file:
            lines = [line for line in file if line.startswith(b"SigIgn:")]
        bits = int(lines[0].split()[1], 16)
    except (OSError, IndexError, ValueError):
        return set()
    return {int(signum) for signum in PYTHONS if bits >> (signum - 1) & 1}
