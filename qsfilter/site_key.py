"""The site's secret, with which processes of one site know again what another of them has written.

Guarantees: it is made once, however many processes begin together; one that others could read, write or have put there
is not used. A file of another length is one that a loss of power has cut short, and is made anew.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import suppress

from qsfilter import own_folder

NAME = "site.key"
LENGTH = 32
PATIENCE_SECONDS = 0.2
"""How long another process is waited for that is making it."""
PAUSE_SECONDS = 0.005
READABLE_BY_OTHERS = 0o077


def read_or_make(folder: str) -> bytes:
    """Return the secret of `LENGTH` bytes that is kept in FOLDER; make it (0600), and the folder, where there is none.

    Raises OSError: PermissionError where folder or file are not ours alone, BlockingIOError where another process does
    not get done with making it in `PATIENCE_SECONDS`.
    """
    descriptor = own_folder.opened(folder)
    until = time.monotonic() + PATIENCE_SECONDS
    try:
        while True:
            if secret := _read(descriptor):
                return secret
            try:
                # The same lock under which a database is made and moved; closing the descriptor gives it back.
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise
                time.sleep(PAUSE_SECONDS)
            else:
                return _read(descriptor) or _make(descriptor)
    finally:
        os.close(descriptor)


def _read(folder: int) -> bytes:
    """Return the secret; empty where there is none."""
    try:
        file = own_folder.opened_file(folder, NAME, os.O_RDONLY)
    except FileNotFoundError:
        return b""
    try:
        mode = os.fstat(file).st_mode
        if mode & READABLE_BY_OTHERS:
            raise PermissionError(errno.EPERM, f"others can read this (mode {mode & 0o7777:04o})", NAME)
        secret = os.read(file, LENGTH + 1)
    finally:
        os.close(file)
    return secret if len(secret) == LENGTH else b""


def _make(folder: int) -> bytes:
    begun = f"{NAME}.begun"
    with suppress(FileNotFoundError):
        os.unlink(begun, dir_fd=folder)  # of a process that was killed
    file = own_folder.opened_file(folder, begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        secret = os.urandom(LENGTH)
        if os.write(file, secret) != LENGTH:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), begun)
        os.fsync(file)
    finally:
        os.close(file)
    os.rename(begun, NAME, src_dir_fd=folder, dst_dir_fd=folder)
    return secret
