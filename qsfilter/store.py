"""One small store that all processes on a machine share: values and counters, each with an end, and tallies.

Guarantees: a store that fails is a miss, never an answer. Locked, damaged, full, read-only, missing or another user's:
each call then returns what it returns for a key that is not there, after waiting for `PATIENCE_SECONDS` at most (twice
that where it has to be made), and `take_trouble` says why, for one line in the log. Each row bears a checksum, so a
damaged one is found out. A process may be killed at any moment. Size is bounded, and each write takes away some of what
has expired.

Times are on the wall clock, because rows outlive the machine's start. A row from the future (the clock was set back) is
a miss; where the clock is set forward, rows end early. Both lose what was remembered, which is what a miss is.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from qsfilter import store_rows
from qsfilter.database_file import PATIENCE_SECONDS
from qsfilter.shared_database import SharedDatabase, transaction
from qsfilter.store_rows import COUNTER, NEVER, TALLY, VALUE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from sqlite3 import Connection

    from qsfilter.store_rows import Row

T = TypeVar("T")

SKEW_SECONDS = 2.0
"""So much may a row be younger than now: processes look at the clock in turn, and it is corrected in small steps."""
LONGEST_SECONDS = 366 * 86400.0
LONGEST_VALUE = 1 << 16
MOST_BYTES = 64 << 20
EXPIRED_PER_WRITE = 4
EVICTED = 256


class Store(SharedDatabase):
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
        super().__init__(
            folder, store_rows.SCHEMA, most_bytes=most_bytes, durable=durable, patience_seconds=patience_seconds
        )
        self._clock = clock

    def get(self, space: str, key: str) -> bytes | None:
        """Return the value put under KEY in SPACE, or None where there is none, it has ended, or the store fails."""
        return self._ask(lambda database: self._value(database, space, key), None)

    def put(self, space: str, key: str, value: bytes, ttl_seconds: float) -> bool:
        """Keep VALUE under KEY in SPACE for TTL_SECONDS; return whether it is there.

        A value above `LONGEST_VALUE` bytes is not kept. Raises ValueError for a TTL that is not above 0 or past
        `LONGEST_SECONDS`, as all calls do.
        """
        return self.put_many(space, {key: value}, ttl_seconds)

    def get_many(self, space: str, keys: Collection[str]) -> dict[str, bytes] | None:
        """Return the values under those KEYS in SPACE that have one, all of one moment; None where the store fails."""

        def work(database: Connection) -> dict[str, bytes]:
            with transaction(database, "BEGIN"):
                values = {key: self._value(database, space, key) for key in keys}
            return {key: value for key, value in values.items() if value is not None}

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
                row_id = store_rows.hashed_id(VALUE, space, key)
                store_rows.write(database, VALUE, row_id, (value, now, now + ttl_seconds))
            return True

        return self._write(work, False, expired=EXPIRED_PER_WRITE + len(values))

    def add(self, space: str, key: str, amount: int = 1, *, ttl_seconds: float) -> int | None:
        """Add AMOUNT to the counter KEY in SPACE and return its new value, or None where the store fails.

        A counter begins at 0 and ends TTL_SECONDS after the first call, however often it is called until then. It
        shares no name with values. It stays within 2**62.
        """
        _require_sound(ttl_seconds)

        def work(database: Connection) -> int:
            row_id = store_rows.hashed_id(COUNTER, space, key)
            now = self._clock()
            before, made, until = self._current(database, COUNTER, row_id) or (0, now, now + ttl_seconds)
            total = _sum(before, amount)
            store_rows.write(database, COUNTER, row_id, (total, made, until))
            return total

        return self._write(work, None)

    def delete(self, space: str, key: str) -> None:
        """Forget the value and the counter of KEY in SPACE."""
        ids = [store_rows.hashed_id(kind, space, key) for kind in (VALUE, COUNTER)]
        self._write(lambda database: store_rows.delete(database, *ids), None)

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
                row_id = store_rows.tally_id(space, name)
                row = store_rows.read(database, TALLY, row_id)
                if row is None and name != otherwise and store_rows.names_in(database, space) >= most_names:
                    row_id = store_rows.tally_id(space, otherwise)
                    row = store_rows.read(database, TALLY, row_id)
                before, made, _ = row or (0, now, NEVER)
                store_rows.write(database, TALLY, row_id, (_sum(before, amount), made, NEVER))
            return True

        return self._write(work, False, expired=0)

    def tallies(self) -> dict[tuple[str, str], int] | None:
        """Return all tallies by space and name, sorted, all of one moment; None where the store fails."""

        def work(database: Connection) -> dict[tuple[str, str], int]:
            with transaction(database, "BEGIN"):
                rows = [(row_id, store_rows.read(database, TALLY, row_id)) for row_id in store_rows.tally_ids(database)]
            return {store_rows.tally_called(row_id): int(row[0]) for row_id, row in rows if row}

        return self._ask(work, None)

    def expire(self, most: int = 1000) -> int:
        """Take away at most MOST rows that have ended; return how many. Writes do so, too, a few each."""
        return self._write(lambda database: self._expire(database, most), 0, expired=0)

    def _write(self, work: Callable[[Connection], T], otherwise: T, expired: int = EXPIRED_PER_WRITE) -> T:
        """Do WORK in a transaction, and take away some EXPIRED rows.

        Where the store is full, the values that end first are given up (counters where there are none), and it is done
        once more.
        """

        def whole(database: Connection) -> T:
            answer = work(database)
            self._expire(database, expired)
            return answer

        return self._change(whole, otherwise, lambda database: store_rows.give_up(database, EVICTED))

    def _expire(self, database: Connection, most: int) -> int:
        now = self._clock()
        return store_rows.delete_ended(database, now, now + SKEW_SECONDS + LONGEST_SECONDS, most)

    def _value(self, database: Connection, space: str, key: str) -> bytes | None:
        row = self._current(database, VALUE, store_rows.hashed_id(VALUE, space, key))
        return row[0] if row and isinstance(row[0], bytes) else None

    def _current(self, database: Connection, kind: int, row_id: bytes) -> Row | None:
        """Return the row unless it has ended or is from the future. Raises Damaged for one that nobody has written."""
        row = store_rows.read(database, kind, row_id)
        if row is None:
            return None
        _, made, until = row
        return row if made <= self._clock() + SKEW_SECONDS and self._clock() < until else None


def _sum(before: bytes | int, amount: int) -> int:
    return max(-(1 << 62), min(1 << 62, int(before) + amount))


def _require_sound(seconds: float) -> None:
    if not 0 < seconds <= LONGEST_SECONDS:
        raise ValueError(f"a time to live of {seconds} s")
