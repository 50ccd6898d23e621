"""Finds, makes, opens and sets aside the SQLite file of the store.

Guarantees: a database gets its name when it is whole; no name comes twice, so that a log of an older database is never
taken for one of the new; a damaged one is moved away once, however many processes see that it is.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from qsfilter import own_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection

PATIENCE_SECONDS = 0.2
"""All that one opened store waits for locks of others."""
LARGE_LOG = 1 << 19
"""Size of the write-ahead log from which a writer moves it into the database; whoever opens first has to read it."""
PREFIX, BEGUN, SUFFIX, DAMAGED = "store.", "new.", ".db", "damaged.db"


def path_in(folder: str, schema: str) -> str:
    """Return the path of the database in FOLDER, which is made with SCHEMA where there is none.

    Raises OSError, as where it is not ours alone, and what `sqlite3` raises.
    """
    descriptor = own_folder.opened(folder)
    try:
        name = _newest(descriptor) or _make(descriptor, folder, schema)
        # Not opened to look at it: closing that would give up the locks that SQLite has on the file.
        own_folder.require_own(os.stat(name, dir_fd=descriptor, follow_symlinks=False), name)
    finally:
        os.close(descriptor)
    return os.path.join(folder, name)


def connected(path: str, most_bytes: int) -> Connection:
    """Open the database at PATH, which is not to grow past MOST_BYTES. Raises what `sqlite3` raises."""
    database = _connect(path)
    try:
        # NORMAL: a loss of power may lose what was written last, and damages nothing.
        for pragma in ("synchronous = NORMAL", "wal_autocheckpoint = 0", "cell_size_check = ON"):
            database.execute(f"PRAGMA {pragma}")
        size = database.execute("PRAGMA page_size").fetchone()[0]
        database.execute(f"PRAGMA max_page_count = {max(16, most_bytes // size)}")
    except BaseException:
        with suppress(Exception):
            database.close()
        raise
    return database


def set_aside(path: str) -> None:
    """Move the damaged database at PATH away, so that `path_in` makes a new one. Raises OSError."""
    name = os.path.basename(path)
    descriptor = own_folder.opened(os.path.dirname(path))
    try:
        with _alone(descriptor), suppress(FileNotFoundError):  # another process was faster
            os.rename(name, DAMAGED, src_dir_fd=descriptor, dst_dir_fd=descriptor)
            for end in ("-wal", "-shm", "-journal"):
                with suppress(FileNotFoundError):
                    os.unlink(name + end, dir_fd=descriptor)
    finally:
        os.close(descriptor)


def shorten_log(database: Connection, path: str) -> None:
    """Move a large log into the DATABASE at PATH if nobody is at work there.

    SQLite itself would do so when a process closes, at the cost of an fsync for each, or after so many pages, and a
    process that writes once begins to count anew.
    """
    try:
        large = os.stat(f"{path}-wal").st_size > LARGE_LOG
    except OSError:
        return
    if large:
        with suppress(Exception):  # the log is as good as the database; the next writer will do it
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _make(descriptor: int, folder: str, schema: str) -> str:
    with _alone(descriptor):
        if name := _newest(descriptor):
            return name
        for left in os.listdir(descriptor):
            if left.startswith((PREFIX, BEGUN)):  # of a process that was killed
                os.unlink(left, dir_fd=descriptor)
        unique = os.urandom(8).hex()
        begun, name = f"{BEGUN}{unique}{SUFFIX}", f"{PREFIX}{unique}{SUFFIX}"
        os.close(own_folder.opened_file(descriptor, begun, os.O_RDWR | os.O_CREAT | os.O_EXCL))
        database = _connect(os.path.join(folder, begun))
        try:
            database.executescript(schema)
            database.execute("PRAGMA journal_mode = WAL").fetchone()  # stays as it is where there is no such thing
        finally:
            database.close()
        os.rename(begun, name, src_dir_fd=descriptor, dst_dir_fd=descriptor)
        return name


def _connect(path: str) -> Connection:
    import sqlite3  # noqa: PLC0415 - 4 ms, and most messages need no store

    quoted = os.path.abspath(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    # An address, because a path would make the file anew where another process has just moved it away.
    database = sqlite3.connect(f"file://{quoted}?mode=rw", uri=True, timeout=0, isolation_level=None)
    database.text_factory = bytes  # text is not ours, and decoding it could fail
    return database


@contextmanager
def _alone(descriptor: int) -> Iterator[None]:
    """Hold the lock on the folder, for making and moving databases. Raises OSError after `PATIENCE_SECONDS`."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > until:
                raise
            time.sleep(0.005)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _newest(descriptor: int) -> str:
    """Return the name of the database in the folder; empty if there is none."""
    names = [name for name in os.listdir(descriptor) if name.startswith(PREFIX) and name.endswith(SUFFIX)]
    return max(names, default="")
