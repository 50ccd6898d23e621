"""One small store that all processes on a machine share: values, counters and leases, each with an end, and tallies.

Guarantees: a store that fails is a miss, never an answer. Locked, damaged, full, read-only, missing or another user's:
each call then returns what it returns for a key that is not there, after waiting for `PATIENCE_SECONDS` at most (twice
that where it has to be made), and `take_trouble` says why, for one line in the log. Each row bears a checksum, so a
damaged one is found out. A process may be killed at any moment. Size is bounded, and each write takes away some of what
has expired.

Times are on the wall clock, because rows outlive the machine's start. A row from the future (the clock was set back) is
a miss; where the clock is set forward, rows end early. Both lose what was remembered, which is what a miss is.
"""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from qsfilter import database_file
from qsfilter.database_file import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from sqlite3 import Connection

T = TypeVar("T")

PAUSE_SECONDS = 0.001
LONGEST_PAUSE_SECONDS = 0.016
"""Before what was locked is asked again: doubled each time, and a part of it left to chance."""
RETRY_SECONDS = 10.0
"""How long nothing is asked after a failure."""
SKEW_SECONDS = 2.0
"""So much may a row be younger than now: processes look at the clock in turn, and it is corrected in small steps."""
LONGEST_SECONDS = 366 * 86400.0
LONGEST_VALUE = 1 << 16
MOST_BYTES = 64 << 20
EXPIRED_PER_WRITE = 4
EVICTED = 256

VALUE, COUNTER, LEASE, TALLY = range(4)
"""Kinds of rows, in the order in which they are given up where the store is full; the last one never is."""

Row = tuple[bytes | int, float, float]
"""Value, when it was made, when it ends."""

_SCHEMA = """
CREATE TABLE entry (id BLOB PRIMARY KEY, kind INTEGER, value, made REAL, until REAL, sum BLOB) WITHOUT ROWID;
CREATE INDEX entry_until ON entry (kind, until);
"""
_EVICT = """
DELETE FROM entry WHERE id IN (
    SELECT id FROM entry WHERE kind = (SELECT min(kind) FROM entry WHERE kind < 3) ORDER BY until LIMIT ?
)"""
_TALLIES, _BEHIND_TALLIES = b"tally\0", b"tally\1"
"""Between these two are the ids of tallies, which can be read; all others are hashes."""
_NEVER = 0.0
"""The end of a tally."""
_ERROR, _BUSY, _CORRUPT, _FULL, _PROTOCOL, _NOT_A_DATABASE = 1, 5, 11, 13, 15, 26
"""SQLite's result codes. `_ERROR` means other tables than ours, since what we ask is written here."""


class _Damaged(Exception):  # noqa: N818 - says what the store is
    """A row that nobody has written."""


class _Away(Exception):  # noqa: N818 - says what the store is
    """The store failed a moment ago."""


class Store:
    """The store in one folder. Nothing is opened or imported before the first call; use it in one thread."""

    def __init__(
        self,
        folder: str,
        *,
        most_bytes: int = MOST_BYTES,
        durable: bool = True,
        patience_seconds: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Use FOLDER, which nobody else may write; the database in it has at most MOST_BYTES.

        Where it is not DURABLE, no write ever waits for the disk, and a loss of power may damage the whole database,
        which is found out and means a new one. All processes should say the same about one folder. PATIENCE_SECONDS is
        what all calls together wait for locks of others.
        """
        self.folder = folder
        self._most_bytes = most_bytes
        self._durable = durable
        self._clock = clock
        self._database: Connection | None = None
        self._path = ""
        self._process = 0
        self._inherited: list[Connection] = []
        self._token = os.urandom(16)
        self._patience = self._whole_patience = patience_seconds
        self._away_until = 0.0
        self._trouble = ""

    def get(self, space: str, key: str) -> bytes | None:
        """Return the value put under KEY in SPACE, or None where there is none, it has ended, or the store fails."""

        def work(database: Connection) -> bytes | None:
            row = self._read(database, VALUE, _id(VALUE, space, key))
            return row[0] if row and isinstance(row[0], bytes) else None

        return self._ask(work, None)

    def put(self, space: str, key: str, value: bytes, ttl_seconds: float) -> bool:
        """Keep VALUE under KEY in SPACE for TTL_SECONDS; return whether it is there.

        A value above `LONGEST_VALUE` bytes is not kept. Raises ValueError for a TTL that is not above 0 or past
        `LONGEST_SECONDS`, as all calls do.
        """
        return self.put_many(space, {key: value}, ttl_seconds)

    def get_many(self, space: str, keys: Collection[str]) -> dict[str, bytes] | None:
        """Return the values under those KEYS in SPACE that have one, all of one moment; None where the store fails."""

        def work(database: Connection) -> dict[str, bytes]:
            with self._transaction(database, "BEGIN"):
                rows = [(key, self._read(database, VALUE, _id(VALUE, space, key))) for key in keys]
            return {key: row[0] for key, row in rows if row and isinstance(row[0], bytes)}

        return self._ask(work, None)

    def put_many(self, space: str, values: Mapping[str, bytes], ttl_seconds: float) -> bool:
        """Keep all VALUES (by key) in SPACE for TTL_SECONDS, at the cost of one write; return whether they are there.

        False, too, where one is above `LONGEST_VALUE` bytes: then none is kept.
        """
        _require_sound(ttl_seconds)
        if any(len(value) > LONGEST_VALUE for value in values.values()):
            return False

        def work(database: Connection) -> bool:
            now = self._clock()
            for key, value in values.items():
                self._write(database, VALUE, _id(VALUE, space, key), (value, now, now + ttl_seconds))
            return True

        return self._change(work, False, expired=EXPIRED_PER_WRITE + len(values))

    def add(self, space: str, key: str, amount: int = 1, *, ttl_seconds: float) -> int | None:
        """Add AMOUNT to the counter KEY in SPACE and return its new value, or None where the store fails.

        A counter begins at 0 and ends TTL_SECONDS after the first call, however often it is called until then. It
        shares no name with values and leases. It stays within 2**62.
        """
        _require_sound(ttl_seconds)

        def work(database: Connection) -> int:
            row_id = _id(COUNTER, space, key)
            now = self._clock()
            row = self._read(database, COUNTER, row_id)
            before, made, until = row if row and isinstance(row[0], int) else (0, now, now + ttl_seconds)
            total = max(-(1 << 62), min(1 << 62, int(before) + amount))
            self._write(database, COUNTER, row_id, (total, made, until))
            return total

        return self._change(work, None)

    def tally(self, amounts: Mapping[tuple[str, str], int], *, most_names: int, otherwise: str) -> bool:
        """Add AMOUNTS (by space and name) to tallies, all or none, at the cost of one write; return whether it is done.

        A tally is a counter that never ends, is never given up, and is found again by its name, which has no NUL. A
        space has MOST_NAMES names, and one more, OTHERWISE, which takes the amounts of those that come later.
        """
        for space, name in amounts:
            if "\0" in space or "\0" in name:
                raise ValueError("a tally with NUL in its name")

        def work(database: Connection) -> bool:
            now = self._clock()
            for (space, name), amount in amounts.items():
                row_id = _tally_id(space, name)
                row = self._sound(database, TALLY, row_id)
                if row is None and name != otherwise and _names_in(database, space) >= most_names:
                    row_id = _tally_id(space, otherwise)
                    row = self._sound(database, TALLY, row_id)
                before, made, _ = row or (0, now, _NEVER)
                total = max(-(1 << 62), min(1 << 62, int(before) + amount))
                self._write(database, TALLY, row_id, (total, made, _NEVER))
            return True

        return self._change(work, False, expired=0)

    def tallies(self) -> dict[tuple[str, str], int] | None:
        """Return all tallies by space and name, sorted, all of one moment; None where the store fails."""

        def work(database: Connection) -> dict[tuple[str, str], int]:
            ids = database.execute(
                "SELECT id FROM entry WHERE id >= ? AND id < ? ORDER BY id", (_TALLIES, _BEHIND_TALLIES)
            ).fetchall()
            found: dict[tuple[str, str], int] = {}
            for (row_id,) in ids:
                if row := self._sound(database, TALLY, row_id):
                    space, _, name = row_id[len(_TALLIES) :].decode("utf-8", "replace").partition("\0")
                    found[space, name] = int(row[0])
            return found

        def at_once(database: Connection) -> dict[tuple[str, str], int]:
            with self._transaction(database, "BEGIN"):
                return work(database)

        return self._ask(at_once, None)

    def lease(self, space: str, key: str, seconds: float) -> bool:
        """Return whether this Store now holds KEY in SPACE, alone among all processes, for SECONDS.

        Who holds it already holds it anew. False where another one does, and where the store fails.
        """
        _require_sound(seconds)

        def work(database: Connection) -> bool:
            row_id = _id(LEASE, space, key)
            now = self._clock()
            row = self._read(database, LEASE, row_id)
            if row and row[0] != self._token:
                return False
            self._write(database, LEASE, row_id, (self._token, now, now + seconds))
            return True

        return self._change(work, False)

    def release(self, space: str, key: str) -> None:
        """Give KEY in SPACE back if this Store holds it."""

        def work(database: Connection) -> None:
            row_id = _id(LEASE, space, key)
            row = self._read(database, LEASE, row_id)
            if row and row[0] == self._token:
                database.execute("DELETE FROM entry WHERE id = ?", (row_id,))

        self._change(work, None)

    def delete(self, space: str, key: str) -> None:
        """Forget the value and the counter of KEY in SPACE; a lease stays."""

        def work(database: Connection) -> None:
            ids = (_id(VALUE, space, key), _id(COUNTER, space, key))
            database.execute("DELETE FROM entry WHERE id IN (?, ?)", ids)

        self._change(work, None)

    def expire(self, most: int = 1000) -> int:
        """Take away at most MOST rows that have ended; return how many. Writes do so, too, a few each."""
        return self._change(lambda database: self._expire(database, most), 0, expired=0)

    def wait_anew(self) -> None:
        """Have the patience for locks back that was used up; a process with many messages says so before each."""
        self._patience = self._whole_patience

    def take_trouble(self) -> str:
        """Return what went wrong first since this was last asked, on one line; empty where nothing did."""
        told, self._trouble = self._trouble, ""
        return told

    def close(self) -> None:
        """Close the database; the next call opens it again. Not needed at the end of a process."""
        database, self._database = self._database, None
        if database is not None and self._process == os.getpid():
            with suppress(Exception):
                database.close()

    # --- one call ---------------------------------------------------------------------------------------------------

    def _change(self, work: Callable[[Connection], T], otherwise: T, expired: int = EXPIRED_PER_WRITE) -> T:
        """Do WORK in a transaction, and take away some EXPIRED rows.

        Where the store is full, the values that end first are given up (counters where there are none), and it is done
        once more.
        """

        def whole(database: Connection) -> T:
            try:
                with self._transaction(database):
                    answer = work(database)
                    self._expire(database, expired)
            except Exception as error:
                if _code(error) != _FULL:
                    raise
                with self._transaction(database):
                    database.execute(_EVICT, (EVICTED,))
                    answer = work(database)
            database_file.shorten_log(database, self._path)
            return answer

        return self._ask(whole, otherwise)

    def _ask(self, work: Callable[[Connection], T], otherwise: T) -> T:
        started, patience, pause = time.monotonic(), self._patience, PAUSE_SECONDS
        while True:
            try:
                return work(self._opened())
            except _Away:
                return otherwise
            except Exception as error:  # noqa: BLE001 - arguments were checked; whatever else goes wrong is a miss
                # The patience is for all calls together: many that wait a little each would add up.
                self._patience = patience - (time.monotonic() - started)
                if _code(error) not in {_BUSY, _PROTOCOL} or self._patience <= 0:
                    self._fail(error)
                    return otherwise
            # Not SQLite's own waiting, whose steps of up to 0.1 s have most wait for long where twenty do.
            time.sleep(pause * (0.5 + os.urandom(1)[0] / 256))
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _fail(self, error: Exception) -> None:
        told = f"{type(error).__name__}: {error}"
        damaged = isinstance(error, _Damaged) or _code(error) in {_ERROR, _CORRUPT, _NOT_A_DATABASE}
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
    def _transaction(self, database: Connection, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
        database.execute(begin)
        try:
            yield
            database.execute("COMMIT")
        except BaseException:  # also what a timer raises
            with suppress(Exception):
                database.rollback()
            raise

    # --- rows -------------------------------------------------------------------------------------------------------

    def _read(self, database: Connection, kind: int, row_id: bytes) -> Row | None:
        """Return the row unless it has ended. Raises _Damaged for one that nobody has written."""
        row = self._sound(database, kind, row_id)
        if row is None:
            return None
        _, made, until = row
        return row if made <= self._clock() + SKEW_SECONDS and self._clock() < until else None

    def _sound(self, database: Connection, kind: int, row_id: bytes) -> Row | None:
        """Return the row, whenever it ends. Raises _Damaged for one that nobody has written."""
        found = database.execute("SELECT value, made, until, sum FROM entry WHERE id = ?", (row_id,)).fetchone()
        if found is None:
            return None
        value, made, until, checksum = found
        row = (value, made, until)
        sound = isinstance(value, (bytes, int)) and isinstance(made, float) and isinstance(until, float)
        if not sound or checksum != _sum(kind, row_id, row):
            raise _Damaged("a row does not match its checksum")
        return row

    def _write(self, database: Connection, kind: int, row_id: bytes, row: Row) -> None:
        database.execute(
            "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?)", (row_id, kind, *row, _sum(kind, row_id, row))
        )

    def _expire(self, database: Connection, most: int) -> int:
        now = self._clock()
        gone = 0
        for kind in (VALUE, COUNTER, LEASE):
            for bound, limit in (("until <= ?", now), ("until > ?", now + SKEW_SECONDS + LONGEST_SECONDS)):
                if gone < most:
                    text = f"DELETE FROM entry WHERE id IN (SELECT id FROM entry WHERE kind = ? AND {bound} LIMIT ?)"  # noqa: S608 - BOUND stands above
                    gone += database.execute(text, (kind, limit, most - gone)).rowcount
        return gone

    # --- the database -----------------------------------------------------------------------------------------------

    def _opened(self) -> Connection:
        process = os.getpid()
        if self._database is not None:
            if self._process != process:
                # After a fork: closing the parent's connection here would give up the parent's locks.
                self._inherited.append(self._database)
                self._database, self._token = None, os.urandom(16)
            elif os.path.exists(self._path):  # names are unique, so it is the same one
                return self._database
            self.close()  # another process has set it aside, and all go on with a new one
        if time.monotonic() < self._away_until:
            raise _Away
        self._process = process
        self._path = ""
        self._path = database_file.path_in(self.folder, _SCHEMA)
        database = database_file.connected(self._path, self._most_bytes)
        if not self._durable:
            database.execute("PRAGMA synchronous = OFF")
        self._database = database
        return database


def _id(kind: int, space: str, key: str) -> bytes:
    """Return what a row is found by: of one length whatever KEY is, and it tells nobody whose mail it is about."""
    return hashlib.blake2b(repr((kind, space, key)).encode(), digest_size=24).digest()


def _tally_id(space: str, name: str) -> bytes:
    return _TALLIES + f"{space}\0{name}".encode("utf-8", "backslashreplace")


def _names_in(database: Connection, space: str) -> int:
    first = _tally_id(space, "")
    found = database.execute("SELECT count(*) FROM entry WHERE id > ? AND id < ?", (first, first[:-1] + b"\1"))
    return int(found.fetchone()[0])


def _sum(kind: int, row_id: bytes, row: Row) -> bytes:
    value, made, until = row
    digest = hashlib.blake2b(repr((kind, row_id, made, until, type(value).__name__)).encode(), digest_size=8)
    digest.update(value if isinstance(value, bytes) else str(value).encode())
    return digest.digest()


def _code(error: Exception) -> int:
    """Return SQLite's result code, without what extends it; 0 for another error."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _require_sound(seconds: float) -> None:
    if not 0 < seconds <= LONGEST_SECONDS:
        raise ValueError(f"a time to live of {seconds} s")
