"""The store: what it remembers, and that it is a miss, in little time, whenever something is wrong with it."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from qsfilter import database_file, shared_database
from qsfilter.errors import OutOfTime
from qsfilter.store import LONGEST_SECONDS, LONGEST_VALUE, Store
from tests.children import in_child, told_by_many

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOUR = 3600.0
NOTHING = (None, False, None, False)
"""What `answers` gives where the store fails."""
SECONDS_AT_MOST = 5.0
"""A guard against hanging: far above `PATIENCE_SECONDS`, far below what waits for ever."""


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def answers(opened: Store) -> tuple[object, ...]:
    """Ask each kind of question once."""
    return (
        opened.get("space", "known"),
        opened.put("space", "new", b"value", HOUR),
        opened.add("space", "number", ttl_seconds=HOUR),
        opened.tally({("space", "name"): 1}, most_names=5, otherwise="other"),
    )


def filled(folder: Path) -> Store:
    """Make a store with a value, and close it."""
    made = Store(str(folder))
    assert made.put("space", "known", b"value", HOUR), made.take_trouble()
    made.close()
    return made


def database_of(folder: Path) -> Path:
    (found,) = folder.glob("store.*.db")
    return found


# --- what it remembers ----------------------------------------------------------------------------------------------

KEYS = st.sampled_from(["a", "b", "\udc80\n"])
SPACES = st.sampled_from(["x", "y"])
TTL = st.sampled_from([0.5, 10.0, 1000.0])


class Model(RuleBasedStateMachine):
    """Two processes' stores in one folder, held against dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.folder = f"/tmp/qsfilter-store-{os.getpid()}-{os.urandom(4).hex()}"
        self.stores = [Store(self.folder, clock=self.clock) for _ in range(2)]
        self.rows: dict[tuple[str, str, str], tuple[Any, float]] = {}

    def teardown(self) -> None:
        """Remove the folder."""
        for opened in self.stores:
            opened.close()
        for name in os.listdir(self.folder) if os.path.isdir(self.folder) else ():
            os.unlink(os.path.join(self.folder, name))
        with contextlib.suppress(FileNotFoundError):
            os.rmdir(self.folder)

    def known(self, kind: str, space: str, key: str) -> Any:  # noqa: ANN401 - values, numbers
        """Return what a dictionary with ends would."""
        value, until = self.rows.get((kind, space, key), (None, 0.0))
        return value if self.clock.now < until else None

    @rule(who=st.integers(0, 1), space=SPACES, key=KEYS, value=st.binary(max_size=20), ttl=TTL)
    def put(self, who: int, space: str, key: str, value: bytes, ttl: float) -> None:
        """A value replaces the one before."""
        assert self.stores[who].put(space, key, value, ttl)
        self.rows["value", space, key] = value, self.clock.now + ttl

    @rule(who=st.integers(0, 1), space=SPACES, key=KEYS)
    def get(self, who: int, space: str, key: str) -> None:
        """A value is there until its end."""
        assert self.stores[who].get(space, key) == self.known("value", space, key)

    @rule(who=st.integers(0, 1), space=SPACES, values=st.dictionaries(KEYS, st.binary(max_size=20)), ttl=TTL)
    def put_many(self, who: int, space: str, values: dict[str, bytes], ttl: float) -> None:
        """Several at once are as one after the other."""
        assert self.stores[who].put_many(space, values, ttl)
        self.rows |= {("value", space, key): (value, self.clock.now + ttl) for key, value in values.items()}

    @rule(who=st.integers(0, 1), space=SPACES, keys=st.lists(KEYS))
    def get_many(self, who: int, space: str, keys: list[str]) -> None:
        """Those that have ended or never were are left out."""
        known = {key: self.known("value", space, key) for key in keys}
        known = {key: value for key, value in known.items() if value is not None}
        assert self.stores[who].get_many(space, keys) == known

    @rule(who=st.integers(0, 1), space=SPACES, key=KEYS, amount=st.integers(-5, 5), ttl=TTL)
    def add(self, who: int, space: str, key: str, amount: int, ttl: float) -> None:
        """A counter keeps its first end."""
        before = self.known("counter", space, key)
        until = self.clock.now + ttl if before is None else self.rows["counter", space, key][1]
        total = (before or 0) + amount
        assert self.stores[who].add(space, key, amount, ttl_seconds=ttl) == total
        self.rows["counter", space, key] = total, until

    @rule(who=st.integers(0, 1), space=SPACES, key=KEYS)
    def delete(self, who: int, space: str, key: str) -> None:
        """Value and counter go."""
        self.stores[who].delete(space, key)
        self.rows.pop(("value", space, key), None)
        self.rows.pop(("counter", space, key), None)

    @rule(who=st.integers(0, 1), most=st.integers(0, 3))
    def expire(self, who: int, most: int) -> None:
        """What has ended may go at any time."""
        assert 0 <= self.stores[who].expire(most) <= most

    @rule(seconds=st.sampled_from([0.1, 1.0, 20.0]))
    def wait(self, seconds: float) -> None:
        """Time goes by."""
        self.clock.now += seconds

    @rule(who=st.integers(0, 1))
    def close(self, who: int) -> None:
        """A store may be closed at any time."""
        self.stores[who].close()

    @invariant()
    def nothing_is_wrong(self) -> None:
        """No call had trouble."""
        assert [opened.take_trouble() for opened in self.stores] == ["", ""]


Model.TestCase.settings = settings(deadline=None, max_examples=25, stateful_step_count=40)
TestModel = Model.TestCase


def test_nothing_is_imported_or_made_before_the_first_call(tmp_path: Path) -> None:
    code = (
        "import sys; from qsfilter.store import Store; s = Store(sys.argv[1]); s.take_trouble(); s.close()\n"
        "import os; sys.exit('sqlite3' in sys.modules or os.path.exists(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "spool")], check=True, timeout=60)


def test_a_counter_ends_after_the_first_call_and_not_after_the_last(tmp_path: Path) -> None:
    clock = Clock()
    opened = Store(str(tmp_path / "spool"), clock=clock)
    seen = []
    for _ in range(4):
        seen.append(opened.add("notices", "bob", ttl_seconds=25))
        clock.now += 10
    assert seen == [1, 2, 3, 1]


def test_a_row_from_the_future_is_a_miss_and_is_written_anew(tmp_path: Path) -> None:
    clock = Clock()
    opened = Store(str(tmp_path / "spool"), clock=clock)
    answers(opened)
    clock.now -= 10 * HOUR
    assert opened.get("space", "new") is None
    assert opened.add("space", "number", ttl_seconds=HOUR) == 1
    assert opened.put("space", "new", b"again", HOUR)
    assert opened.get("space", "new") == b"again"


def test_the_clock_may_be_corrected_in_small_steps(tmp_path: Path) -> None:
    clock = Clock()
    opened = Store(str(tmp_path / "spool"), clock=clock)
    assert opened.put("space", "key", b"value", HOUR)
    clock.now -= 1
    assert opened.get("space", "key") == b"value"


def test_expired_rows_are_taken_away_a_few_with_each_write(tmp_path: Path) -> None:
    clock = Clock()
    opened = Store(str(tmp_path / "spool"), clock=clock)
    for number in range(40):
        opened.put("old", str(number), b"value", 1)
    clock.now += 5
    for number in range(10):
        opened.put("new", str(number), b"value", HOUR)
    assert opened.expire() == 0
    clock.now += 2 * HOUR
    assert [opened.expire(6), opened.expire(6)] == [6, 4]


def test_rows_of_a_far_future_are_taken_away(tmp_path: Path) -> None:
    clock = Clock()
    opened = Store(str(tmp_path / "spool"), clock=clock)
    clock.now += 2 * LONGEST_SECONDS
    opened.put("space", "key", b"value", HOUR)
    clock.now -= 2 * LONGEST_SECONDS
    assert opened.expire() == 1


@pytest.mark.parametrize("seconds", [0, -1, LONGEST_SECONDS * 1.01, float("nan"), float("inf")])
def test_a_time_to_live_that_is_none_is_the_callers_error(tmp_path: Path, seconds: float) -> None:
    opened = Store(str(tmp_path / "spool"))
    for call in (
        lambda: opened.put("space", "key", b"", seconds),
        lambda: opened.put_many("space", {}, seconds),
        lambda: opened.add("space", "key", ttl_seconds=seconds),
    ):
        with pytest.raises(ValueError, match="time to live"):
            call()


def test_a_value_that_is_too_large_is_not_kept(tmp_path: Path) -> None:
    opened = Store(str(tmp_path / "spool"))
    assert opened.put("space", "key", bytes(LONGEST_VALUE), HOUR)
    assert opened.get("space", "key") == bytes(LONGEST_VALUE)
    assert not opened.put("space", "key2", bytes(LONGEST_VALUE + 1), HOUR)
    assert opened.take_trouble() == ""


def test_of_several_values_with_one_that_is_too_large_none_is_kept(tmp_path: Path) -> None:
    opened = Store(str(tmp_path / "spool"))
    assert not opened.put_many("space", {"small": b"value", "large": bytes(LONGEST_VALUE + 1)}, HOUR)
    assert opened.get_many("space", ["small", "large"]) == {}
    assert opened.take_trouble() == ""


def test_that_none_of_several_is_there_is_not_that_the_store_fails(tmp_path: Path) -> None:
    assert Store(str(tmp_path / "spool")).get_many("space", ["a", "b"]) == {}
    assert Store("/proc/qsfilter/spool").get_many("space", ["a", "b"]) is None


def test_no_key_can_be_read_in_the_files(tmp_path: Path) -> None:
    opened = Store(str(tmp_path / "spool"))
    opened.add("senders", "alice@example.org", ttl_seconds=HOUR)
    opened.close()
    assert b"alice" not in database_of(tmp_path / "spool").read_bytes()


OLDER = [
    ("c2f158b53c75a57668ec0d3710aff7de48c08beec4594ff5", 0, b"value", 3600.0, "d01e544055a8a1ca"),
    ("f3fb1ba0b4b4f2fedc0a4227a539cff3a44bfaabcdfea8ab", 1, 7, 3600.0, "a7a8db58deff4c9b"),
    ("fe30c3c308bd19013f2a5c7ccd6003d5f242c46037cdb918", 2, bytes(16), 60.0, "04454dd1f3aa4093"),
    ("74616c6c79007370616365006e616d65", 3, 5, None, "4b1c12b86e3deeea"),
]
"""Rows as the first version wrote them when the clock showed `Clock.now`; the kind 2 is gone since."""


def test_rows_of_an_older_version_are_read_and_those_that_nobody_reads_end(tmp_path: Path) -> None:
    clock = Clock()
    opened = Store(str(tmp_path / "spool"), clock=clock)
    assert opened.expire() == 0
    with contextlib.closing(sqlite3.connect(database_of(tmp_path / "spool"))) as other, other:
        for row_id, kind, value, seconds, checksum in OLDER:
            until = 0.0 if seconds is None else clock.now + seconds
            row = (bytes.fromhex(row_id), kind, value, clock.now, until, bytes.fromhex(checksum))
            other.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", row)
    assert opened.get("space", "known") == b"value"
    assert opened.add("space", "number", ttl_seconds=HOUR) == 8
    assert opened.tallies() == {("space", "name"): 5}
    clock.now += 100
    assert opened.expire() == 1
    assert opened.get("space", "known") == b"value"
    assert opened.take_trouble() == ""


# --- bounds ---------------------------------------------------------------------------------------------------------


def test_the_size_is_bounded_and_values_give_way_before_counters_and_tallies(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    opened = Store(str(folder), most_bytes=256 << 10, clock=Clock())
    assert opened.add("space", "number", ttl_seconds=1) == 1
    assert opened.tally({("space", "name"): 1}, most_names=5, otherwise="other")
    for number in range(500):
        assert opened.put("space", str(number), os.urandom(2000), HOUR), opened.take_trouble()
    assert opened.get("space", "499") is not None
    assert opened.add("space", "number", ttl_seconds=1) == 2
    assert opened.tallies() == {("space", "name"): 1}
    opened.close()
    assert database_of(folder).stat().st_size <= 256 << 10


def test_a_store_that_is_full_of_tallies_gives_none_of_them_up(tmp_path: Path) -> None:
    opened = Store(str(tmp_path / "spool"), most_bytes=64 << 10)
    kept = 0
    while kept < 100 and opened.tally({("s", f"{kept} {n}"): 1 for n in range(50)}, most_names=5000, otherwise="other"):
        kept += 1
    assert 0 < kept < 100
    assert "full" in opened.take_trouble()
    opened._away_until = 0.0
    assert opened.tallies() == {("s", f"{number} {n}"): 1 for number in range(kept) for n in range(50)}


def test_the_log_stays_small_where_each_process_writes_once_and_closes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    filled(folder)
    for number in range(120):
        assert in_child(lambda number=number: Store(str(folder)).put("space", str(number), bytes(2000), HOUR)) == 0
    log = database_of(folder).with_name(f"{database_of(folder).name}-wal")
    assert log.stat().st_size <= 2 * database_file.LARGE_LOG
    assert Store(str(folder)).get("space", "119") == bytes(2000)


# --- many processes -------------------------------------------------------------------------------------------------

ADD = """
import sys
from qsfilter.store import Store
store = Store(sys.argv[1])
sys.stdin.readline()
done = [store.add("space", "number", ttl_seconds=3600) for _ in range(40)]
print(*[n for n in done if n is not None])
"""


def test_no_addition_of_many_processes_is_lost(tmp_path: Path) -> None:
    told = told_by_many(ADD, str(tmp_path / "spool"), 10)
    numbers = sorted(int(word) for text in told for word in text.split())
    assert numbers == list(range(1, len(numbers) + 1)), "each got another number, without a gap"
    assert Store(str(tmp_path / "spool")).add("space", "number", 0, ttl_seconds=HOUR) == len(numbers)


def test_a_process_that_was_forked_opens_the_store_anew(tmp_path: Path) -> None:
    opened = Store(str(tmp_path / "spool"))
    assert opened.add("space", "number", ttl_seconds=HOUR) == 1
    parents = opened._database

    def child() -> None:
        assert opened.add("space", "number", ttl_seconds=HOUR) == 2
        assert opened._database is not parents

    assert in_child(child) == 0
    assert opened.add("space", "number", ttl_seconds=HOUR) == 3
    assert opened._database is parents


def test_a_lock_of_another_process_is_waited_for_shortly(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    filled(folder)
    with contextlib.closing(sqlite3.connect(database_of(folder), isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        opened = Store(str(folder))
        started = time.monotonic()
        assert answers(opened) == (b"value", *NOTHING[1:])
        assert time.monotonic() - started < SECONDS_AT_MOST
        assert "locked" in opened.take_trouble()
    later = Store(str(folder))
    assert later.get("space", "known") == b"value"
    assert later.take_trouble() == ""


@pytest.mark.parametrize("anew", [True, False])
def test_a_process_with_many_messages_has_its_patience_back_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, anew: bool
) -> None:
    folder = tmp_path / "spool"
    filled(folder)
    opened = Store(str(folder))
    opened._patience = -1.0  # used up by the messages before
    with contextlib.closing(sqlite3.connect(database_of(folder), isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(time, "sleep", lambda _: holder.in_transaction and holder.rollback())
        if anew:
            opened.wait_anew()
        assert opened.put("space", "new", b"value", HOUR) is anew


@pytest.mark.parametrize(("durable", "level"), [(True, 1), (False, 0)])
def test_who_needs_no_durable_store_never_waits_for_the_disk(tmp_path: Path, *, durable: bool, level: int) -> None:
    opened = Store(str(tmp_path / "spool"), durable=durable)
    assert answers(opened) == (None, True, 1, True)
    assert opened._database is not None
    assert opened._database.execute("PRAGMA synchronous").fetchone() == (level,)


def test_after_a_failure_nothing_is_asked_for_a_while_and_then_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "spool"
    folder.write_bytes(b"in the way")
    opened = Store(str(folder))
    assert answers(opened) == NOTHING
    assert opened.take_trouble() != ""
    folder.unlink()
    assert answers(opened) == NOTHING
    assert opened.take_trouble() == "", "told once"
    monkeypatch.setattr(shared_database, "RETRY_SECONDS", 0.0)
    opened._away_until = 0.0
    assert answers(opened) == (None, True, 1, True)


# --- killed at any moment -------------------------------------------------------------------------------------------

WORK = """
import os, sys
from qsfilter.store import Store
store = Store(sys.argv[1])
os.write(1, b"r")
sys.stdin.readline()
number = 0
while True:
    if store.add("space", "number", ttl_seconds=3600) is not None:
        os.write(1, b".")
    number += 1
    store.put("space", f"key{number % 50}", b"%d" % (number % 50) * 100, 3600)
"""


def test_what_a_killed_process_had_written_is_there_and_nothing_is_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    chance = random.Random(6)  # noqa: S311 - moments, not secrets
    total = 0
    for _ in range(8):
        command = [sys.executable, "-c", WORK, str(folder)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stdout.read(1) == b"r"
            process.stdin.write(b"go\n")
            process.stdin.flush()
            time.sleep(chance.uniform(0.0, 0.1))
            process.kill()
            total += len(process.stdout.read())
        opened = Store(str(folder))
        found = opened.add("space", "number", 0, ttl_seconds=HOUR)
        assert opened.take_trouble() == ""
        assert found is not None
        assert total <= found <= total + 1, "one may have been added and not yet told"
        total = found
        for number in range(50):
            assert opened.get("space", f"key{number}") in {None, b"%d" % number * 100}
    assert not (folder / database_file.DAMAGED).exists()


def test_a_process_may_be_killed_while_it_makes_the_store(tmp_path: Path) -> None:
    chance = random.Random(6)  # noqa: S311 - moments, not secrets
    for number in range(40):
        folder = tmp_path / str(number)
        child = os.fork()
        if child == 0:
            try:
                answers(Store(str(folder)))
            finally:
                os._exit(0)
        time.sleep(chance.uniform(0.0, 0.008))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        opened = Store(str(folder))
        assert opened.put("space", "key", b"value", HOUR), opened.take_trouble()
        assert opened.get("space", "key") == b"value"
        assert not list(folder.glob(f"{database_file.BEGUN}*"))


def test_a_timer_that_rings_in_the_middle_leaves_the_store_sound(tmp_path: Path) -> None:
    opened = Store(str(tmp_path / "spool"))
    told = rung = 0

    def ring(*_: object) -> None:
        raise OutOfTime

    was = signal.signal(signal.SIGALRM, ring)
    try:
        for number in range(300):
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-6 * (1 + number))
                told += opened.add("space", "number", ttl_seconds=HOUR) is not None
                signal.setitimer(signal.ITIMER_REAL, 0)
            except OutOfTime:
                rung += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, was)
    assert opened.take_trouble() == ""
    found = opened.add("space", "number", 0, ttl_seconds=HOUR)
    assert rung
    assert found is not None
    assert told <= found <= told + rung


class Ringing(Clock):
    """A clock at which a timer rings when somebody looks for the time, which is in the middle of a transaction."""

    ringing = False

    def __call__(self) -> float:
        """Tell the time, or ring."""
        if self.ringing:
            raise OutOfTime
        return self.now


def test_a_timer_that_rings_in_a_transaction_gives_up_its_lock(tmp_path: Path) -> None:
    clock = Ringing()
    opened, other = Store(str(tmp_path / "spool"), clock=clock), Store(str(tmp_path / "spool"))
    assert opened.add("space", "number", ttl_seconds=HOUR) == 1
    clock.ringing = True
    with pytest.raises(OutOfTime):
        opened.add("space", "number", ttl_seconds=HOUR)
    clock.ringing = False
    assert other.put("space", "key", b"value", HOUR), other.take_trouble()
    assert opened.add("space", "number", ttl_seconds=HOUR) == 2
    assert opened.take_trouble() == ""


# --- damaged, full, not ours ----------------------------------------------------------------------------------------


def other_database(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE entry (something)")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "text": lambda path: path.write_bytes(b"not a database at all\n" * 500),
    "cut short": lambda path: os.truncate(path, 5000),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "no head": lambda path: path.write_bytes(bytes(100) + path.read_bytes()[100:]),
    "another database": other_database,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_store_is_set_aside_and_told_once(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    folder = tmp_path / "spool"
    filled(folder)
    damage(database_of(folder))
    opened = Store(str(folder))
    assert answers(opened) == NOTHING
    assert "damaged" in opened.take_trouble()
    assert (folder / database_file.DAMAGED).exists()
    later = Store(str(folder))
    assert answers(later) == (None, True, 1, True)
    assert later.get("space", "new") == b"value"
    assert later.take_trouble() == ""


def test_an_empty_file_in_its_place_is_set_aside(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    filled(folder)
    os.truncate(database_of(folder), 0)
    answers(Store(str(folder)))
    assert answers(Store(str(folder))) == (None, True, 1, True)


def test_many_processes_set_a_damaged_store_aside_once(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    filled(folder)
    DAMAGES["text"](database_of(folder))
    code = (
        "import sys; from qsfilter.store import Store; store = Store(sys.argv[1])\n"
        "for _ in range(20): store._away_until = 0; store.put('space', sys.argv[2], b'value', 3600)"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(folder), str(number)]) for number in range(8)]
    assert [process.wait(timeout=100) for process in running] == [0] * 8
    opened = Store(str(folder))
    assert [opened.get("space", str(number)) for number in range(8)] == [b"value"] * 8
    assert (folder / database_file.DAMAGED).read_bytes().startswith(b"not a database")


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_no_damage_to_the_bytes_makes_a_wrong_answer(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damage") / "spool"
    opened = Store(str(folder))
    for number in range(30):
        opened.put("space", str(number), b"%d" % number * 60, HOUR)
        opened.add("space", str(number), number + 1, ttl_seconds=HOUR)
    opened.close()
    path = database_of(folder)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 200))):
        content[data.draw(st.integers(100, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    later = Store(str(folder))
    for number in range(30):
        later._away_until = 0.0
        assert later.get("space", str(number)) in {None, b"%d" % number * 60}
        later._away_until = 0.0
        assert later.add("space", str(number), 0, ttl_seconds=HOUR) in {None, 0, number + 1}


CHANGES = [
    "UPDATE entry SET value = x'00' WHERE kind = 0",
    "UPDATE entry SET value = 7 WHERE kind = 0",
    "UPDATE entry SET value = value + 1 WHERE kind = 1",
    "UPDATE entry SET value = 'text' WHERE kind = 1",
    "UPDATE entry SET value = NULL",
    "UPDATE entry SET until = until + 1000",
    "UPDATE entry SET made = 0",
    "UPDATE entry SET sum = NULL",
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_row_that_nobody_has_written_is_a_miss(tmp_path: Path, change: str) -> None:
    folder = tmp_path / "spool"
    filled(folder).add("space", "number", ttl_seconds=HOUR)
    with contextlib.closing(sqlite3.connect(database_of(folder))) as other, other:
        other.execute(change)
    opened = Store(str(folder))
    found = [opened.get("space", "known"), opened.add("space", "number", ttl_seconds=HOUR)]
    assert None in found
    assert "checksum" in opened.take_trouble()
    later = Store(str(folder))
    assert [later.get("space", "known"), later.add("space", "number", ttl_seconds=HOUR)] == [None, 1]


def test_a_database_that_was_moved_away_while_it_was_opened_is_not_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "spool"
    filled(folder)
    path = database_of(folder)
    monkeypatch.setattr(database_file, "path_in", lambda *_: (path.unlink(), str(path))[1])
    opened = Store(str(folder))
    assert answers(opened) == NOTHING
    assert "unable to open" in opened.take_trouble()
    assert list(folder.iterdir()) == []


def test_a_process_that_is_at_work_goes_on_with_the_new_database(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    opened, other = Store(str(folder)), Store(str(folder))
    assert opened.add("space", "number", ttl_seconds=HOUR) == 1
    database_file.set_aside(str(database_of(folder)))
    assert other.add("space", "number", ttl_seconds=HOUR) == 1
    assert opened.add("space", "number", ttl_seconds=HOUR) == 2
    assert opened.take_trouble() == ""


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "a?mode=memory&b#c%41 \udcff"
    filled(folder)
    assert database_of(folder).stat().st_size
    assert Store(str(folder)).get("space", "known") == b"value"


def test_a_full_disk_is_a_miss(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    filled(folder)

    def child() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        opened = Store(str(folder))
        assert answers(opened)[1:] == NOTHING[1:]
        assert opened.take_trouble()
        assert answers(Store(str(folder / "new"))) == NOTHING

    assert in_child(child) == 0
    later = Store(str(folder))
    assert later.get("space", "known") == b"value"


def symbolic_link(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder.with_name("elsewhere"))


def linked_database(folder: Path) -> None:
    path = database_of(folder)
    path.rename(folder.parent / "elsewhere.db")
    path.symlink_to(folder.parent / "elsewhere.db")


def pipe(folder: Path) -> None:
    path = database_of(folder)
    path.unlink()
    os.mkfifo(path)


OTHERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a folder that others write": (lambda folder: folder.chmod(0o777), "others can write"),
    "a folder that a group writes": (lambda folder: folder.chmod(0o770), "others can write"),
    "a database that others write": (lambda folder: database_of(folder).chmod(0o666), "others can write"),
    "a link in the folder's place": (symbolic_link, "NotADirectory"),
    "a link in the database's place": (linked_database, "no regular file"),
    "a pipe in the database's place": (pipe, "no regular file"),
    "a second name": (lambda folder: os.link(database_of(folder), folder.parent / "second"), "another name"),
}


@pytest.mark.parametrize(("change", "told"), OTHERS.values(), ids=OTHERS)
def test_what_is_not_ours_alone_is_not_used(tmp_path: Path, change: Callable[[Path], object], told: str) -> None:
    folder = tmp_path / "spool"
    filled(folder)
    change(folder)
    opened = Store(str(folder))
    assert answers(opened) == NOTHING
    assert told in opened.take_trouble()


def test_another_users_folder_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path / "spool")
    monkeypatch.setattr(os, "geteuid", lambda: 64_000)
    opened = Store(str(tmp_path / "spool"))
    assert answers(opened) == NOTHING
    assert "belongs to user" in opened.take_trouble()


def test_a_folder_that_cant_be_made_is_a_miss() -> None:
    opened = Store("/proc/qsfilter/spool")
    assert answers(opened) == NOTHING
    assert opened.take_trouble().startswith("store /proc/qsfilter/spool: ")


def test_folder_and_files_are_ours_alone_whatever_the_umask(tmp_path: Path) -> None:
    was = os.umask(0)
    try:
        opened = Store(str(tmp_path / "above" / "spool"))
        answers(opened)
    finally:
        os.umask(was)
    assert (tmp_path / "above").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "above" / "spool").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "above" / "spool").iterdir()} == {0o600}


def test_a_python_without_sqlite_has_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    opened = Store(str(tmp_path / "spool"))
    assert answers(opened) == NOTHING
    assert "sqlite3" in opened.take_trouble()


class WithoutLog(sqlite3.Connection):
    """A connection of an SQLite that was compiled without the write-ahead log."""

    def execute(self, text: str, *given: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as the one above
        """Leave out what would switch it on."""
        return super().execute(text.replace("journal_mode = WAL", "journal_mode"), *given)


def test_it_works_without_the_write_ahead_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **named: connect(*args, **named, factory=WithoutLog))
    first, second = Store(str(tmp_path / "spool")), Store(str(tmp_path / "spool"))
    assert answers(first) == (None, True, 1, True)
    assert answers(second) == (None, True, 2, True)
    assert not list((tmp_path / "spool").glob("*-wal"))
    assert first.take_trouble() == second.take_trouble() == ""


def test_it_is_used_in_one_thread(tmp_path: Path) -> None:
    import threading

    opened = Store(str(tmp_path / "spool"))
    answers(opened)
    seen: list[object] = []
    other = threading.Thread(target=lambda: seen.append(answers(opened)))
    other.start()
    other.join()
    assert seen == [NOTHING]
    assert "thread" in opened.take_trouble()
