"""Reads and writes the rows of the store: what each is found by, and the checksum over it.

Guarantees: a row that nobody has written is found out, wherever in the database the damage is. All rows but tallies are
found by a hash, of one length whatever the key is, which tells nobody whose mail it is about.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from qsfilter.shared_database import Damaged

if TYPE_CHECKING:
    from sqlite3 import Connection

VALUE, COUNTER, TALLY = 0, 1, 3
"""Kinds of rows, in the order in which they are given up where the store is full; tallies never are.

The numbers lie in databases and keep their meaning. 2 was once another kind: such rows are not read, and they end and
are given up as values are.
"""
NEVER = 0.0
"""The end of a tally."""

Row = tuple[bytes | int, float, float]
"""Value, when it was made, when it ends."""

SCHEMA = """
CREATE TABLE entry (id BLOB PRIMARY KEY, kind INTEGER, value, made REAL, until REAL, sum BLOB) WITHOUT ROWID;
CREATE INDEX entry_until ON entry (kind, until);
"""
_GIVE_UP = f"""
DELETE FROM entry WHERE id IN (
    SELECT id FROM entry WHERE kind = (SELECT min(kind) FROM entry WHERE kind < {TALLY}) ORDER BY until LIMIT ?
)"""  # noqa: S608 - a number
_TALLIES, _BEHIND_TALLIES = b"tally\0", b"tally\1"
"""Between these two are the ids of tallies, which can be read; all others are hashes."""


def hashed_id(kind: int, space: str, key: str) -> bytes:
    """Return what the value or counter KEY in SPACE is found by."""
    return hashlib.blake2b(repr((kind, space, key)).encode(), digest_size=24).digest()


def tally_id(space: str, name: str) -> bytes:
    """Return what the tally NAME in SPACE is found by; neither has a NUL."""
    return _TALLIES + f"{space}\0{name}".encode("utf-8", "backslashreplace")


def tally_called(row_id: bytes) -> tuple[str, str]:
    """Return space and name of a tally."""
    space, _, name = row_id[len(_TALLIES) :].decode("utf-8", "replace").partition("\0")
    return space, name


def tally_ids(database: Connection) -> list[bytes]:
    """Return the ids of all tallies, sorted."""
    found = database.execute("SELECT id FROM entry WHERE id >= ? AND id < ? ORDER BY id", (_TALLIES, _BEHIND_TALLIES))
    return [row_id for (row_id,) in found.fetchall()]


def names_in(database: Connection, space: str) -> int:
    """Return how many tallies SPACE has, without the one whose name is empty."""
    first = tally_id(space, "")
    found = database.execute("SELECT count(*) FROM entry WHERE id > ? AND id < ?", (first, first[:-1] + b"\1"))
    return int(found.fetchone()[0])


def read(database: Connection, kind: int, row_id: bytes) -> Row | None:
    """Return the row of this KIND, whenever it ends; None where there is none. Raises Damaged if nobody wrote it."""
    found = database.execute("SELECT value, made, until, sum FROM entry WHERE id = ?", (row_id,)).fetchone()
    if found is None:
        return None
    value, made, until, checksum = found
    row = (value, made, until)
    sound = isinstance(value, (bytes, int)) and isinstance(made, float) and isinstance(until, float)
    if not sound or checksum != _sum(kind, row_id, row):
        raise Damaged("a row does not match its checksum")
    return row


def write(database: Connection, kind: int, row_id: bytes, row: Row) -> None:
    """Put ROW in the place of the one that is found by ROW_ID, if there is one."""
    given = (row_id, kind, *row, _sum(kind, row_id, row))
    database.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?)", given)


def delete(database: Connection, *row_ids: bytes) -> None:
    """Take away the rows that are found by ROW_IDS, where they are there."""
    database.executemany("DELETE FROM entry WHERE id = ?", [(row_id,) for row_id in row_ids])


def delete_ended(database: Connection, now: float, latest: float, most: int) -> int:
    """Take away at most MOST rows that have ended NOW or end after LATEST; return how many. Tallies stay."""
    gone = 0
    for kind in range(TALLY):
        for bound, limit in (("until <= ?", now), ("until > ?", latest)):
            if gone < most:
                text = f"DELETE FROM entry WHERE id IN (SELECT id FROM entry WHERE kind = ? AND {bound} LIMIT ?)"  # noqa: S608 - BOUND stands above
                gone += database.execute(text, (kind, limit, most - gone)).rowcount
    return gone


def give_up(database: Connection, most: int) -> None:
    """Take away at most MOST rows of the first kind that has any, those that end first."""
    database.execute(_GIVE_UP, (most,))


def _sum(kind: int, row_id: bytes, row: Row) -> bytes:
    value, made, until = row
    digest = hashlib.blake2b(repr((kind, row_id, made, until, type(value).__name__)).encode(), digest_size=8)
    digest.update(value if isinstance(value, bytes) else str(value).encode())
    return digest.digest()
