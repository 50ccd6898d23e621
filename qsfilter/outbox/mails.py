"""The mails in an outbox, as their sender sees them: which are due, how each stands, and how it ends.

Guarantees: one process sends at a time; a mail that was taken up stays its sender's, also after a crash, which is a
duplicate at worst; how it stands outlives every process. A damaged file is told and goes to `failed`, not round.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING

from qsfilter import maildir, own_folder
from qsfilter.edits import Head
from qsfilter.outbox import form
from qsfilter.outbox.spool import CUR, FAILED, LONGEST_AHEAD_SECONDS, NEW, SENT, alone, remembered
from qsfilter.transport import pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.model import Envelope

LOCK = "sender"
"""The file that the one who sends holds a lock on."""
SWEEP_SECONDS = 3600.0
MOST_NAMES = 100_000
"""Of mails that were sent; more are forgotten before their time, the oldest first."""
MOST_FAILED = 1000
"""Mails that were given up; likewise."""
STRAY_SECONDS = 36 * 3600
"""A file in `tmp` that is older was left by a process that died; maildirs have this rule."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """One file that waits, or that was given up."""

    name: str
    place: str
    """`new`, `cur` or `failed`."""
    size: int
    next_try: float
    """Seconds since the epoch; a mail in `new` may not be due then. In `failed`, when it was given up."""

    def is_due(self, now: float) -> bool:
        """Whether its time has come, or is so far ahead that the clock must have been wrong."""
        return not 0 < self.next_try - now <= LONGEST_AHEAD_SECONDS


class Mail:
    """One mail that was read: `state`, `envelope`, and the message as the octets of `raw` from `offset` on."""

    def __init__(self, raw: bytes | mmap) -> None:
        """Read RAW, a file of the outbox or its beginning. Raises Damaged."""
        self.raw = raw
        self.state = form.read_state(raw)
        self.envelope, self.offset = form.read_front(raw)


def is_there(folder: str) -> bool:
    """Whether a mail has ever been put into the outbox FOLDER; one who only looks does not make it.

    Raises OSError, as for whoever may not look.
    """
    try:
        return stat.S_ISDIR(os.stat(_path(folder, FAILED)).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def as_it_stands(folder: str, waiting: Waiting) -> Waiting | None:
    """Return a mail that was found as it is now; None where it has gone. Raises OSError."""
    try:
        seen = os.lstat(_path(folder, waiting.place, waiting.name))
    except FileNotFoundError:
        return None
    return replace(waiting, size=seen.st_size, next_try=seen.st_mtime)


@contextmanager
def sending(folder: str) -> Iterator[bool]:
    """Within the block nobody else sends from the outbox FOLDER; tells False, at once, where somebody does already."""
    opened = own_folder.opened(folder)
    try:
        file = own_folder.opened_file(opened, LOCK, os.O_RDWR | os.O_CREAT)
    finally:
        os.close(opened)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            mine = True
        except BlockingIOError:
            mine = False
        yield mine
    finally:
        os.close(file)


def files(folder: str, *places: str) -> list[Waiting]:
    """Return the files in these PLACES of the outbox FOLDER, those first whose next try is first."""
    found = [
        Waiting(name=name, place=place, size=seen.st_size, next_try=seen.st_mtime)
        for place in places
        for name, seen in _seen(folder, place)
    ]
    return sorted(found, key=lambda one: one.next_try)


@contextmanager
def opened(folder: str, waiting: Waiting) -> Iterator[Mail]:
    """Open a mail to send it, which nobody else may end meanwhile. Raises Damaged; OSError where it can't be read."""
    with _file(folder, waiting, os.O_RDONLY) as descriptor:
        if not os.fstat(descriptor).st_size:
            raise form.Damaged("it is empty")
        raw = mmap(descriptor, 0, access=ACCESS_READ)
    try:
        yield Mail(raw)
    finally:
        raw.close()


def begin_of(folder: str, waiting: Waiting) -> Mail:
    """Read a mail without its message, which may be sent meanwhile. Raises Damaged; OSError where it can't be read."""
    with _file(folder, waiting, os.O_RDONLY) as descriptor:
        length = form.length_of_front(os.pread(descriptor, form.SHORTEST_FRONT, 0))
        return Mail(os.pread(descriptor, min(length, os.fstat(descriptor).st_size), 0))


def take_up(folder: str, waiting: Waiting) -> bool:
    """Move a mail from `new` to `cur`, after which no line is added to it; False where that must wait.

    It waits where a mail of its name, which it does not replace, has not been sent yet. Raises DeliveryError, OSError.
    """
    if waiting.place == CUR:
        return True
    with alone(folder):
        taken = _path(folder, CUR, waiting.name)
        if os.path.lexists(taken):
            return False
        os.rename(_path(folder, NEW, waiting.name), taken)
    return True


def wait(folder: str, waiting: Waiting, until: float) -> None:
    """Look at the mail again when UNTIL (seconds since the epoch) has come. Raises OSError."""
    os.utime(_path(folder, waiting.place, waiting.name), (until, until), follow_symlinks=False)


def note(folder: str, waiting: Waiting, state: form.State) -> None:
    """Write down how the sending of a mail that was taken up stands. Raises OSError."""
    with _file(folder, waiting, os.O_WRONLY) as descriptor:
        os.pwrite(descriptor, form.state_bytes(state), 0)


def keep_for(folder: str, name: str, mail: Mail, envelope: Envelope) -> None:
    """Let the mail NAME, which is open as MAIL, be for ENVELOPE from now on. Raises DeliveryError (53)."""
    begins = Head(lines=form.front(envelope, mail.state.due), offset=mail.offset)
    maildir.write_durably(folder, os.path.join(CUR, name), pieces(mail.raw, begins))


def end(folder: str, waiting: Waiting, place: str) -> None:
    """Move a mail to PLACE, `sent` or `failed`; of one that was sent only the name stays. Raises OSError."""
    target = _path(folder, place, waiting.name)
    os.rename(_path(folder, waiting.place, waiting.name), target)
    if place == SENT:
        os.truncate(target, 0)
    os.utime(target, follow_symlinks=False)
    for changed in (place, waiting.place):
        maildir.sync_directory(_path(folder, changed))


def drop(folder: str, waiting: Waiting) -> bool:
    """Remove a mail; False where it has gone. Its name is forgotten, too. Raises DeliveryError, OSError."""
    with alone(folder), suppress(FileNotFoundError):
        os.unlink(_path(folder, waiting.place, waiting.name))
        return True
    return False


def sweep(folder: str) -> None:
    """Forget names and mails that ended long ago or are too many, and what dead processes left half written.

    It does so once in `SWEEP_SECONDS`, whoever asks how often. Raises OSError.
    """
    now = time.time()
    lock = _path(folder, LOCK)
    if 0 <= now - os.stat(lock).st_mtime < SWEEP_SECONDS:
        return
    for place, most in ((SENT, MOST_NAMES), (FAILED, MOST_FAILED)):
        ended = sorted(_seen(folder, place), key=lambda one: one[1].st_mtime)
        for number, (name, seen) in enumerate(ended, start=1):
            with suppress(FileNotFoundError):  # it was dropped
                if number <= len(ended) - most or not remembered(seen, now):
                    os.unlink(_path(folder, place, name))
                elif place == SENT and seen.st_size:  # its sender died just then
                    os.truncate(_path(folder, place, name), 0)
                    os.utime(_path(folder, place, name), (seen.st_mtime, seen.st_mtime))
    for name, seen in _seen(folder, "tmp"):
        if now - seen.st_mtime > STRAY_SECONDS:
            with suppress(FileNotFoundError):
                os.unlink(_path(folder, "tmp", name))
    os.utime(lock)


def _seen(folder: str, place: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the regular files in PLACE."""
    with _folder(folder, place) as descriptor, os.scandir(descriptor) as entries:
        for entry in entries:
            try:
                seen = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(seen.st_mode):
                yield entry.name, seen


@contextmanager
def _file(folder: str, waiting: Waiting, flags: int) -> Iterator[int]:
    with _folder(folder, waiting.place) as place:
        descriptor = own_folder.opened_file(place, waiting.name, flags)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _folder(folder: str, place: str) -> Iterator[int]:
    descriptor = own_folder.opened(_path(folder, place))
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _path(folder: str, *below: str) -> str:
    return os.path.join(folder, *below)
