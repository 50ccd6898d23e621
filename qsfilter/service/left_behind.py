"""What the workers were at, in a file that outlives them: for a service that is killed as a whole.

A message that one worker dies of is the master's to see. Where all processes are killed at once, by whoever watches the
machine's memory, the next service finds here which messages they had in hand, so that the poison guard can count that.

Guarantees: a file of a service that lives is left alone; one from before the machine's last start says nothing; a file
that can't be made costs the count, and no mail.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from qsfilter import own_folder
from qsfilter.attempt_files import boot_id
from qsfilter.service.log import log
from qsfilter.service.slots import SLOT, Slots

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "in-hand."
LARGEST = 1 << 20
LONGEST_KEY = 64


class OnFile:
    """Slots in a file of the folder FOLDER, or in memory alone where that fails."""

    def __init__(self, folder: str, number: int) -> None:
        """Make NUMBER slots."""
        self._path = ""
        self._file = -1
        try:
            descriptor = own_folder.opened(folder)
            try:
                name = f"{PREFIX}{os.getpid()}.{os.urandom(4).hex()}"
                self._file = own_folder.opened_file(descriptor, name, os.O_RDWR | os.O_CREAT | os.O_EXCL)
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.pwrite(self._file, boot_id().encode()[:SLOT], 0)
                os.ftruncate(self._file, SLOT * (number + 1))
                self._path = os.path.join(folder, name)
            finally:
                os.close(descriptor)
        except OSError as error:
            log(f"what workers are at is not kept in {folder}: {error.strerror}")
        self.slots = Slots(number, self._file if self._path else -1)

    def forget(self) -> None:
        """Remove the file: the workers have ended in order."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        if self._path:
            try:
                os.unlink(self._path)
            except OSError as error:
                log(f"{self._path} is not removed: {error.strerror}")
            self._path = ""


def taken(folder: str) -> Iterator[tuple[str, str]]:
    """Yield retry key and what was asked last for each message that a service left in hand; remove its files."""
    if not os.path.isdir(folder):
        return
    try:
        descriptor = own_folder.opened(folder)
    except OSError:
        return
    try:
        for name in os.listdir(descriptor):
            if name.startswith(PREFIX):
                yield from _of_file(descriptor, name)
    finally:
        os.close(descriptor)


def _of_file(folder: int, name: str) -> Iterator[tuple[str, str]]:
    try:
        file = own_folder.opened_file(folder, name, os.O_RDWR)
    except OSError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        data = os.pread(file, LARGEST, 0)
        os.unlink(name, dir_fd=folder)
    except OSError:
        return  # its service lives, or another one was faster
    finally:
        os.close(file)
    if data[:SLOT].rstrip(b"\0").decode("ascii", "replace") == boot_id():
        for slot in Slots.read(data[SLOT:]):
            if len(slot.key) == LONGEST_KEY and slot.key.isascii() and slot.key.isalnum():
                yield slot.key, " of ".join(slot.asked)
