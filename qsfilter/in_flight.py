"""Tells which contents some process is asking an engine about, so that the others can wait for its answer.

Guarantees: each is led by one process at most, and by none that is dead: the locks are the kernel's, and end with a
process however it ends. Nobody waits here. Where locks can't be had, everybody leads: that costs time and nothing else.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from qsfilter import own_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

NAME = "in-flight.lock"
MOST_LOCKS = 256
"""So many contents of one process are led under a lock; the kernel goes through a list of all for each."""


class InFlight:
    """One file in one folder, in which each content is one byte that may be locked. Use it in one thread.

    The locks are POSIX's: a process holds them, so that a plugin's child that outlives it does not, and two threads of
    one process do not keep each other out.
    """

    def __init__(self, folder: str) -> None:
        """Use FOLDER; nothing is opened before the first call."""
        self._folder = folder
        self._file = -1

    @contextmanager
    def led(self, names: Collection[str]) -> Iterator[list[str]]:
        """Within the block, lead those NAMES that no other process leads, and tell which they are."""
        file = self._opened()
        led = []
        try:
            for number, name in enumerate(names):
                if file < 0 or number >= MOST_LOCKS or _locked(file, name):
                    led.append(name)
            yield led
        finally:
            self.give_back()

    def give_back(self) -> None:
        """Lead nothing any more, also where a timer has rung within `led`."""
        if self._file >= 0:
            with suppress(OSError):
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def _opened(self) -> int:
        """Return a descriptor of the file; -1 where there can be none."""
        if self._file < 0:
            with suppress(OSError):
                folder = own_folder.opened(self._folder)
                try:
                    self._file = own_folder.opened_file(folder, NAME, os.O_RDWR | os.O_CREAT)
                finally:
                    os.close(folder)
        return self._file


def _locked(file: int, name: str) -> bool:
    """Lock the byte that stands for NAME; return False where another process has it."""
    place = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest()) >> 2  # off_t has a sign
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
    except (BlockingIOError, PermissionError):  # POSIX allows EAGAIN and EACCES
        return False
    except OSError:
        return True  # no lock to be had
    return True
