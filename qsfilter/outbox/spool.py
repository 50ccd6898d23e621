"""Puts mails of our own into the outbox, a folder in which each is one file, until `qsfilter outbox send` sends them.

Guarantees: a mail is there whole and durable, or not there; one NAME is put once in `REMEMBERED_DAYS`, however many
processes try; no name comes from a message; what waits is bounded in number, a mail that grows by lines in size.

A file begins in `new`, where lines may still be added to it. Who sends it moves it to `cur`, where it is only the
sender's, and at last to `sent`, where its name is remembered, or to `failed`. It never moves back.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from qsfilter import maildir, own_folder
from qsfilter.errors import DeliveryError
from qsfilter.outbox import form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from qsfilter.maildir import Piece
    from qsfilter.model import Envelope

OUTBOX = "/var/spool/qsfilter/outbox"
NEW, CUR, SENT, FAILED = "new", "cur", "sent", "failed"
"""The folders of a mail's life, in their order."""
REMEMBERED_DAYS = 30
"""So long the name of a mail that was sent or given up is taken."""
MOST = 10_000
"""Mails that wait; give or take those that are put at the same moment."""
MOST_BYTES = 128 << 10
"""Size of a mail up to which lines are added to it."""
LONGEST_LINE = 998
"""Octets of a line, without its end (RFC 5322, 2.1.1); the rest is cut off."""
LONGEST_AHEAD_SECONDS = 31 * 86400.0
FULL = b"(There is no room for more lines.)\n"
PATIENCE_SECONDS = 10.0
_PAUSE_SECONDS = 0.01
_NAME = re.compile(r"[0-9a-z-][0-9a-z.-]{0,119}")
CANT_KEEP = 53
"""Exit code where a mail can't be put."""


def put(folder: str, name: str, envelope: Envelope, pieces: Iterable[Piece], *, not_before: float = 0.0) -> bool:
    """Put the mail of PIECES to ENVELOPE into the outbox FOLDER under NAME, durably; return whether that was new.

    False, and nothing is done, where a mail of that NAME waits, or was sent or given up within `REMEMBERED_DAYS`. NAME
    has up to 120 of `0-9a-z.-`. It is not sent before NOT_BEFORE (seconds since the epoch, at most
    `LONGEST_AHEAD_SECONDS` from now). Raises DeliveryError (53) where it can't be put, and where `MOST` mails wait;
    ValueError for a NAME, an ENVELOPE or a time that can't be.
    """
    due = _due(name, not_before)
    begins = form.front(envelope, due)
    ready(folder)
    if knows(folder, name):
        return False
    written = _written(folder, name, begins, pieces)
    with _committing(folder, written):
        if knows(folder, name):
            return False
        os.rename(written, os.path.join(folder, NEW, name))
    maildir.sync_directory(os.path.join(folder, NEW))
    return True


def add_line(
    folder: str, name: str, line: bytes, *, begin: Callable[[], tuple[Envelope, bytes]], not_before: float
) -> None:
    """Add LINE, durably, to the end of the mail NAME that waits in the outbox FOLDER.

    Where none waits that nobody has begun to send, BEGIN is asked for envelope and message of one that LINE will end;
    it is not sent before NOT_BEFORE, as in `put`. Mails sent before under NAME do not count. Past `MOST_BYTES` nothing
    is added but, once, a line that says so. Raises DeliveryError (53) and ValueError as `put` does.
    """
    due = _due(name, not_before)
    if b"\n" in line or b"\r" in line:
        raise ValueError("a line has no line end in it")
    ended = line[:LONGEST_LINE] + b"\n"
    ready(folder)
    target = os.path.join(folder, NEW, name)
    with alone(folder):
        if _appended(target, ended):
            return
    envelope, text = begin()
    written = _written(folder, name, form.front(envelope, due), [text, ended])
    with _committing(folder, written):
        if _appended(target, ended):  # another process was faster
            return
        os.rename(written, target)
    maildir.sync_directory(os.path.join(folder, NEW))


def knows(folder: str, name: str) -> bool:
    """Whether a mail of NAME waits in the outbox FOLDER, or was sent or given up within `REMEMBERED_DAYS`.

    One that waits is durable then. Raises DeliveryError (53) where the folder can't be read.
    """
    for place in (NEW, CUR, SENT, FAILED):  # in this order, so that one that moves on is not missed
        try:
            seen = os.lstat(os.path.join(folder, place, name))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise _failed(folder, error) from error
        if place in (NEW, CUR):
            maildir.sync_directory(os.path.join(folder, place))
            return True
        if remembered(seen, time.time()):
            return True
    return False


def ready(folder: str) -> None:
    """Make the outbox FOLDER (0700) where it is missing. Raises DeliveryError (53), also where it is not ours alone."""
    if os.path.lexists(folder):
        _require_own(folder)  # before anything is made in it
    if not os.path.isdir(os.path.join(folder, FAILED)):  # the last one that is made
        maildir.make(folder, (SENT, FAILED))
        _require_own(folder)


def _require_own(folder: str) -> None:
    try:
        os.close(own_folder.opened(folder))
    except OSError as error:
        raise _failed(folder, error) from error


@contextmanager
def alone(folder: str) -> Iterator[None]:
    """Within the block, nobody else puts a mail into the outbox FOLDER or takes one up; keep it short.

    Raises DeliveryError (53) where that can't be had within PATIENCE_SECONDS. The kernel frees what a process held.
    """
    import fcntl  # noqa: PLC0415 - most mail puts nothing here

    until = time.monotonic() + PATIENCE_SECONDS
    try:
        opened = own_folder.opened(os.path.join(folder, NEW))
    except OSError as error:
        raise _failed(folder, error) from error
    try:
        while True:
            try:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise DeliveryError(
                        f"can't lock the outbox {folder}: another process holds it", CANT_KEEP
                    ) from None
                time.sleep(_PAUSE_SECONDS)
        yield
    finally:
        os.close(opened)


def remembered(seen: os.stat_result, now: float) -> bool:
    """Whether the name of a file SEEN in `sent` or `failed` is still taken."""
    return now - seen.st_mtime < REMEMBERED_DAYS * 86400


def _due(name: str, not_before: float) -> int:
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no name for a mail in the outbox")
    now = time.time()
    if not not_before <= now + LONGEST_AHEAD_SECONDS:
        raise ValueError("a mail can't wait that long")
    return int(max(now, not_before))


def _written(folder: str, name: str, begins: bytes, pieces: Iterable[Piece]) -> str:
    """Write the file in `tmp`, durably, and return its path."""

    def whole() -> Iterator[Piece]:
        yield begins
        yield from pieces

    try:
        waiting = sum(len(os.listdir(os.path.join(folder, place))) for place in (NEW, CUR))
    except OSError as error:
        raise _failed(folder, error) from error
    if waiting >= MOST:
        raise DeliveryError(f"the outbox {folder} is full: {waiting} mails wait", CANT_KEEP)
    return maildir.write_durably(folder, os.path.join("tmp", f"{name}.{os.urandom(8).hex()}"), whole())


@contextmanager
def _committing(folder: str, written: str) -> Iterator[None]:
    """Be `alone` for the rename of the file WRITTEN, which is removed where the block has not moved it away."""
    try:
        with alone(folder):
            yield
    except OSError as error:
        raise _failed(folder, error) from error
    finally:
        with suppress(OSError):
            os.unlink(written)


def _appended(path: str, line: bytes) -> bool:
    """Add LINE to the file PATH, durably, if it is there; on a full disk it is as before. Raises DeliveryError."""
    try:
        opened = os.open(path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _failed(path, error) from error
    try:
        size = os.fstat(opened).st_size
        if size >= MOST_BYTES:
            if os.pread(opened, len(FULL), size - len(FULL)) == FULL:
                return True
            line = FULL
        try:
            maildir.write_all(opened, line)
            os.fsync(opened)
        except BaseException:
            os.ftruncate(opened, size)
            raise
    except OSError as error:
        raise _failed(path, error) from error
    finally:
        os.close(opened)
    maildir.sync_directory(os.path.dirname(path))  # who began it may not have come so far
    return True


def _failed(where: str, error: OSError) -> DeliveryError:
    return DeliveryError(f"can't use the outbox {where}: {error.strerror or error}", CANT_KEEP)
