"""Appends to the manifest, a file for each day of which every line holds the hash of the one before.

Guarantees: a line is durable when `append` returns, and so are all before it; writers in other processes and threads
wait for each other, for at most `WAIT_SECONDS`; what a crash left half written is closed by the next line, which says
so; nothing is ever taken away but what this very call could not write to its end. A writer reads the end of one file.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from qsfilter import maildir
from qsfilter.errors import DeliveryError
from qsfilter_archive.lines import LONGEST, read, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter_archive.lines import Kept, Line

FOLDER = "manifest"
"""Below the archive: the files, and the locks."""
LOCKS = "locks"
CHAIN = "chain"
"""The lock of those who append; the others are named by the first two digits of a copy."""
WAIT_SECONDS = 10.0
PAUSE_SECONDS = 0.003
TAIL = 64 * LONGEST
"""How much of the end is read. More is left behind the last line only by somebody who is not us."""
DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.tsv")


def file_of(path: str, day: str) -> str:
    """Return the path of the file for DAY in the archive PATH."""
    return os.path.join(path, FOLDER, f"{day}.tsv")


def days(path: str) -> list[str]:
    """Return the days that have a file in the archive PATH, in their order."""
    try:
        names = os.listdir(os.path.join(path, FOLDER))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(found[1] for found in map(DAY.fullmatch, names) if found)


def lock_of(name: str) -> str:
    """Return the lock under which the copy NAME is written and gets its line."""
    return name[:2]


@contextmanager
def locked(path: str, lock: str, *, writing: bool = True) -> Iterator[None]:
    """Hold LOCK of the archive PATH within the block; who is not WRITING makes nothing, and shares it with its like.

    Raises DeliveryError (71) where it can't be had in time. The kernel frees the lock of a process that dies.
    """
    place = os.path.join(path, FOLDER, LOCKS, lock)
    if writing:
        maildir.make_folder(os.path.dirname(place))
    flags = os.O_RDWR | os.O_CREAT if writing else os.O_RDONLY
    try:
        descriptor = os.open(place, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        yield  # nobody has ever written
        return
    try:
        _wait(descriptor, fcntl.LOCK_EX if writing else fcntl.LOCK_SH, place)
        yield
    finally:
        os.close(descriptor)


def append(path: str, kept: Kept, now: float) -> None:
    """Append a line about KEPT to the manifest of the archive PATH at NOW (seconds since the epoch).

    Raises DeliveryError: 53 where it can't be written, 71 where the end can't be read or others hold the lock.
    """
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    file = -1
    try:
        with locked(path, CHAIN):
            last, torn, newest = end(path)
            # Never back into a file that others come behind, whatever the clock says.
            file = _opened(path, max(stamp[:10], newest))
            size = os.fstat(file).st_size
            closing = b"\n" if size and os.pread(file, 1, size - 1) != b"\n" else b""
            try:
                maildir.write_all(file, closing + written(kept, stamp, last, torn))
            except BaseException:
                with suppress(OSError):  # else the next one closes it
                    os.ftruncate(file, size)
                raise
        # Not under the lock, so that one wait for the disk does for many: what makes a line durable does so for all
        # lines before it.
        os.fsync(file)
    except OSError as error:
        raise DeliveryError(f"can't write the manifest: {error.strerror or error}", 53) from error
    finally:
        if file >= 0:
            os.close(file)


def end(path: str) -> tuple[Line | None, bytes, str]:
    """Return the last line, what was left half written behind it, and the newest day; hold the lock CHAIN.

    Raises DeliveryError (71) where there is no line to be found.
    """
    torn = b""
    there = days(path)
    newest = there[-1] if there else ""
    for day in reversed(there):
        tail, whole = _tail(file_of(path, day))
        behind = len(tail)
        while behind:
            start = tail.rfind(b"\n", 0, behind - 1) + 1
            if line := read(tail[start:behind]):
                return line, tail[behind:] + torn, newest
            behind = start
        torn = tail + torn
        if not whole or len(torn) > TAIL:
            raise DeliveryError(f"the manifest is damaged at the end of {day}: qsfilter archive verify")
    return None, torn, newest


def _tail(file: str) -> tuple[bytes, bool]:
    """Return the end of FILE, and whether that is the whole of it."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        start = max(0, os.fstat(descriptor).st_size - TAIL)
        return os.pread(descriptor, TAIL, start), start == 0
    finally:
        os.close(descriptor)


def _opened(path: str, day: str) -> int:
    """Open the file for DAY to append to it; before one is begun, what stands in the one before is made durable."""
    flags = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(file_of(path, day), flags | os.O_CREAT, 0o600)
    try:
        if not os.fstat(file).st_size:
            for before in [one for one in days(path) if one < day][-1:]:
                descriptor = os.open(file_of(path, before), flags)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
            maildir.sync_directory(os.path.join(path, FOLDER))
    except BaseException:
        os.close(file)
        raise
    return file


def _wait(descriptor: int, wanted: int, place: str) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return fcntl.flock(descriptor, wanted | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise DeliveryError(f"can't lock {place}: another process holds it") from None
            time.sleep(PAUSE_SECONDS)
