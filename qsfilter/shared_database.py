"""Asks one SQLite database that all processes on a machine share, and gives it up for a while where it fails.

Guarantees: a database that fails never raises. Locked, damaged, full, read-only, missing or another user's: each
question is then answered with what its asker named, after waiting for locks of others for the patience at most (and so
long once more where the database has to be made), and `take_trouble` says why, for one line in the log. A damaged one
is set aside and begun anew. A process may be killed at any moment, and may fork.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from qsfilter import database_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from sqlite3 import Connection

T = TypeVar("T")

PAUSE_SECONDS = 0.001
LONGEST_PAUSE_SECONDS = 0.016
"""Before what was locked is asked again: doubled each time, and a part of it left to chance."""
RETRY_SECONDS = 10.0
"""How long nothing is asked after a failure."""

_ERROR, _BUSY, _CORRUPT, _FULL, _PROTOCOL, _NOT_A_DATABASE = 1, 5, 11, 13, 15, 26
"""SQLite's result codes. `_ERROR` means other tables than ours, since what we ask is written here."""


class Damaged(Exception):  # noqa: N818 - says what the database is
    """Who finds in the database what nobody has written raises this, so that it is begun anew."""


class _Away(Exception):  # noqa: N818 - says what the database is
    """The database failed a moment ago."""


class SharedDatabase:
    """The database in one folder. Nothing is opened or imported before the first question; use it in one thread."""

    def __init__(self, folder: str, schema: str, *, most_bytes: int, durable: bool, patience_seconds: float) -> None:
        self.folder = folder
        self._schema = schema
        self._most_bytes = most_bytes
        self._durable = durable
        self._database: Connection | None = None
        self._path = ""
        self._process = 0
        self._inherited: list[Connection] = []
        self._patience = self._whole_patience = patience_seconds
        self._away_until = 0.0
        self._trouble = ""

    def wait_anew(self) -> None:
        """Have the patience for locks back that was used up; a process with many messages says so before each."""
        self._patience = self._whole_patience

    def take_trouble(self) -> str:
        """Return what went wrong first since this was last asked, on one line; empty where nothing did."""
        told, self._trouble = self._trouble, ""
        return told

    def close(self) -> None:
        """Close the database; the next question opens it again. Not needed at the end of a process."""
        database, self._database = self._database, None
        if database is not None and self._process == os.getpid():
            with suppress(Exception):
                database.close()

    def _ask(self, work: Callable[[Connection], T], otherwise: T) -> T:
        """Return what WORK returns, which is done again while others have the database locked; OTHERWISE if it fails.

        What a timer raises passes through.
        """
        started, patience, pause = time.monotonic(), self._patience, PAUSE_SECONDS
        while True:
            try:
                return work(self._opened())
            except _Away:
                return otherwise
            except Exception as error:  # noqa: BLE001 - arguments were checked; whatever else goes wrong is a miss
                # The patience is for all questions together: many that wait a little each would add up.
                self._patience = patience - (time.monotonic() - started)
                if _code(error) not in {_BUSY, _PROTOCOL} or self._patience <= 0:
                    self._fail(error)
                    return otherwise
            # Not SQLite's own waiting, whose steps of up to 0.1 s have most wait for long where twenty do.
            time.sleep(pause * (0.5 + os.urandom(1)[0] / 256))
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _change(self, work: Callable[[Connection], T], otherwise: T, make_room: Callable[[Connection], object]) -> T:
        """Return as `_ask` does what WORK returns, which is done in one transaction.

        Where the database is full, MAKE_ROOM takes something away, and WORK is done once more.
        """

        def whole(database: Connection) -> T:
            try:
                with transaction(database):
                    answer = work(database)
            except Exception as error:
                if _code(error) != _FULL:
                    raise
                with transaction(database):
                    make_room(database)
                    answer = work(database)
            database_file.shorten_log(database, self._path)
            return answer

        return self._ask(whole, otherwise)

    def _opened(self) -> Connection:
        process = os.getpid()
        if self._database is not None:
            if self._process != process:
                # After a fork: closing the parent's connection here would give up the parent's locks.
                self._inherited.append(self._database)
                self._database = None
            elif os.path.exists(self._path):  # names are unique, so it is the same one
                return self._database
            self.close()  # another process has set it aside, and all go on with a new one
        if time.monotonic() < self._away_until:
            raise _Away
        self._process = process
        self._path = ""
        self._path = database_file.path_in(self.folder, self._schema)
        database = database_file.connected(self._path, self._most_bytes)
        if not self._durable:
            database.execute("PRAGMA synchronous = OFF")
        self._database = database
        return database

    def _fail(self, error: Exception) -> None:
        told = f"{type(error).__name__}: {error}"
        damaged = isinstance(error, Damaged) or _code(error) in {_ERROR, _CORRUPT, _NOT_A_DATABASE}
        path = self._path
        self.close()
        if damaged and path:
            try:
                database_file.set_aside(path)
                told = f"damaged, begun anew, the old one is {database_file.DAMAGED}: {told}"
            except OSError as other:
                told = f"damaged, and can't be begun anew ({other.strerror}): {told}"
        self._away_until = time.monotonic() + RETRY_SECONDS
        self._patience = self._whole_patience
        self._trouble = self._trouble or f"store {self.folder}: {told}"[:300].replace("\n", " ")


@contextmanager
def transaction(database: Connection, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    """Do what is in the block in one transaction, all or nothing of it, whatever is raised there."""
    database.execute(begin)
    try:
        yield
        database.execute("COMMIT")
    except BaseException:  # also what a timer raises
        with suppress(Exception):
            database.rollback()
        raise


def _code(error: Exception) -> int:
    """Return SQLite's result code, without what extends it; 0 for another error."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
