"""The message as we hold it: a file of our own, without a name, with room for header lines in front.

Guarantees: in memory up to 8 MiB, then on disk and unlinked from the start, so nothing is left behind however we end;
every write is checked; the file is handed over only if it is still ours; reading has bounds of its own, for a sender
who types slowly and for one who never ends.
"""

from __future__ import annotations

import os
import select
import time
from mmap import ACCESS_READ, mmap

from qsfilter.errors import DeliveryError, QsfilterError
from qsfilter.maildir import write_all
from qsfilter.transport import IN_MEMORY, anonymous_file

ROOM = 1 << 16
STEP = 1 << 18
IDLE_SECONDS = 1260.0
"""qmail-smtpd's own time-out is 1,200 s; ours must not end first."""
WHOLE_SECONDS = 86400.0
"""qmail-queue ends itself after 24 hours."""


class TooSlow(QsfilterError):  # noqa: N818 - says what the sender was
    """Nothing came for IDLE_SECONDS, or the end did not come within WHOLE_SECONDS."""

    exit = 52


def identity(descriptor: int) -> tuple[int, int]:
    """Return device and inode, which tell an open file from any other."""
    status = os.fstat(descriptor)
    return status.st_dev, status.st_ino


def require_same(descriptor: int, known: tuple[int, int]) -> None:
    """Raise DeliveryError (53) where a plugin closed DESCRIPTOR, so that the number may mean another file by now."""
    try:
        same = identity(descriptor) == known
    except OSError:
        same = False
    if not same:
        raise DeliveryError("a plugin closed files that are not its own", 53)


class Source:
    """A descriptor that is read with the bounds above."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)
        self._until = time.monotonic() + WHOLE_SECONDS

    def read(self, size: int) -> bytes:
        """Return at most SIZE bytes, none at the end. Raises TooSlow, and DeliveryError (54) for a read error."""
        seconds = min(IDLE_SECONDS, self._until - time.monotonic())
        if seconds <= 0 or not self._poll.poll(seconds * 1000):
            raise TooSlow(f"the sender was silent for {IDLE_SECONDS:.0f} s or sent for {WHOLE_SECONDS:.0f} s")
        try:
            return os.read(self._descriptor, size)
        except OSError as error:
            raise DeliveryError(f"can't read descriptor {self._descriptor}: {error.strerror}", 54) from error


class Spool:
    """One message, from its arrival to its hand-over."""

    def __init__(self, source: Source) -> None:
        """Read SOURCE to its end. Raises DeliveryError (53 for a write, 54 for a read) and TooSlow."""
        try:
            self._file = anonymous_file(0)
            os.ftruncate(self._file, ROOM)  # so that an empty message is one, too
            os.lseek(self._file, ROOM, os.SEEK_SET)
            self.size = 0
            on_disk = False
            while piece := source.read(STEP):
                write_all(self._file, piece)
                self.size += len(piece)
                if not on_disk and self.size > IN_MEMORY:
                    self._move_to_disk()
                    on_disk = True
            self._identity = identity(self._file)
        except OSError as error:
            raise DeliveryError(f"can't write the message to a temporary file: {error.strerror}", 53) from error

    def _move_to_disk(self) -> None:
        file = anonymous_file(IN_MEMORY + 1)
        for start in range(0, ROOM + self.size, STEP):
            write_all(file, os.pread(self._file, min(STEP, ROOM + self.size - start), start))
        os.close(self._file)
        self._file = file

    def descriptor(self) -> int:
        """Return the descriptor of our file, in which the message begins at ROOM."""
        require_same(self._file, self._identity)
        return self._file

    def content(self, most: int) -> bytes | mmap:
        """Return the message; as a map of the file where it has more than MOST bytes and will not be opened."""
        require_same(self._file, self._identity)
        if self.size <= most:
            found = os.pread(self._file, self.size, ROOM)
            while len(found) < self.size:
                if not (piece := os.pread(self._file, self.size - len(found), ROOM + len(found))):
                    raise DeliveryError("a temporary file lost its end", 54)
                found += piece
            return found
        return mmap(self._file, self.size, offset=ROOM, access=ACCESS_READ)

    def with_head(self, lines: bytes, offset: int) -> int:
        """Put LINES in front of the received bytes from OFFSET on; return the descriptor, at their start."""
        require_same(self._file, self._identity)
        start = ROOM + offset - len(lines)
        try:
            if start < 0:
                return self._rewritten(lines, offset)
            written = 0
            while written < len(lines):
                written += os.pwrite(self._file, lines[written:], start + written)
            os.lseek(self._file, start, os.SEEK_SET)
        except OSError as error:
            raise DeliveryError(f"can't write the header lines: {error.strerror}", 53) from error
        return self._file

    def _rewritten(self, lines: bytes, offset: int) -> int:
        """Write the message anew where the header lines outgrow the room."""
        file = anonymous_file(self.size + len(lines))
        write_all(file, lines)
        for start in range(ROOM + offset, ROOM + self.size, STEP):
            write_all(file, os.pread(self._file, min(STEP, ROOM + self.size - start), start))
        os.lseek(file, 0, os.SEEK_SET)
        return file
