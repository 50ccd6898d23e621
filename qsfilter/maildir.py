"""Puts one file into a maildir so that it is either there whole and durable, or not there.

Guarantees: written to `tmp`, fsynced, renamed into `new`, and the directory fsynced, in that order and each step
checked; `tmp` is left clean where we live long enough; no name comes from a message.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from qsfilter.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from mmap import mmap

Piece = bytes | memoryview
STEP = 1 << 20
SHARED, SHARED_FILE = 0o770, 0o640
"""Modes where the folder above is one that a group shares, for sites whose mail runs as several users."""


def make(path: str, extra: Sequence[str] = ()) -> None:
    """Make the maildir PATH with `tmp`, `new`, `cur` and the EXTRA folders where they are missing.

    Their mode is 0700; below a folder that a group shares (2770), it is as that one's.
    """
    for folder in ("tmp", "new", "cur", *extra):
        if not os.path.isdir(os.path.join(path, folder)):
            make_folder(os.path.join(os.path.abspath(path), folder))
    sync_directory(path)


def make_folder(folder: str) -> None:
    """Make FOLDER, an absolute path, and those above it that are missing, durably, with modes as in `make`.

    Raises DeliveryError (53).
    """
    missing = []
    while not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    for new in reversed(missing):
        try:
            if _is_shared(os.path.dirname(new)):
                _make_shared(new)
            else:
                os.mkdir(new, 0o700)
        except OSError as error:
            if not os.path.isdir(new):  # else another process was faster
                raise _failed(error) from error
        sync_directory(os.path.dirname(new))


def _make_shared(folder: str) -> None:
    """Make FOLDER below one that a group shares, at once as that one's, so that nobody meets it half made.

    It has the set-group-ID bit from the folder above; a chmod to it is what RestrictSUIDSGID= of systemd forbids.
    """
    before = os.umask(0o777 & ~SHARED)
    try:
        os.mkdir(folder, SHARED)
    finally:
        os.umask(before)


def _is_shared(folder: str) -> bool:
    """Whether a group shares FOLDER: its members can write there, and what is made there is the group's."""
    wanted = stat.S_ISGID | stat.S_IWGRP
    return os.stat(folder).st_mode & wanted == wanted


def write_durably(path: str, name: str, pieces: Iterable[Piece]) -> str:
    """Write PIECES as the file NAME (`new/…`) below PATH, replacing one of that name; return its path once durable.

    Raises DeliveryError (53) where any step fails; then what stood there before still stands.
    """
    # Not named by process alone: a number may come round again while a killed process's file still lies there.
    temporary = os.path.join(path, "tmp", f"{os.path.basename(name)}.{os.urandom(8).hex()}")
    target = os.path.join(path, name)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            if _is_shared(os.path.dirname(temporary)):
                os.fchmod(descriptor, SHARED_FILE)
            for piece in pieces:
                write_all(descriptor, piece)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.rename(temporary, target)
    except OSError as error:
        _forget(temporary)
        raise _failed(error) from error
    except BaseException:
        _forget(temporary)
        raise
    sync_directory(os.path.dirname(target))
    return target


def write_all(descriptor: int, piece: Piece) -> None:
    """Write the whole of PIECE to DESCRIPTOR, in steps, so that a signal is seen between them. Raises OSError."""
    rest = memoryview(piece)
    while rest:
        rest = rest[os.write(descriptor, rest[:STEP]) :]


def sync_directory(path: str) -> None:
    """Make the names in the directory PATH durable. Raises DeliveryError (53)."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise _failed(error) from error


def pieces_of(raw: bytes | mmap) -> Iterable[Piece]:
    """Give RAW in steps that need no copy of the whole."""
    for start in range(0, len(raw), STEP):
        yield raw[start : start + STEP]


def _forget(temporary: str) -> None:
    try:
        os.unlink(temporary)
    except OSError:
        return  # a stray file in tmp is harmless, and the error that brought us here is the one to tell


def _failed(error: OSError) -> DeliveryError:
    where = f" {error.filename}" if error.filename else ""
    return DeliveryError(f"can't keep the message: {error.strerror or error}{where}", 53)
