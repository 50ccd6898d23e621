"""The verdict cache: it answers what an engine has said of that content, and in every doubt the engine is asked."""

from __future__ import annotations

import contextlib
import hashlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from qsfilter import in_flight, site_key, verdict_cache
from qsfilter.context import Answers, Cache, Uncached
from qsfilter.errors import OutOfTime
from qsfilter.in_flight import InFlight
from qsfilter.model import Blob
from qsfilter.store import LONGEST_VALUE, Store
from qsfilter.verdict_cache import LONGEST_ANSWER, VerdictCache
from tests.children import child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOUR = 3600.0
KEY = ("clamav", "ClamAV 1.4.3/27500", "raw")
OTHER_KEY = ("clamav", "ClamAV 1.4.3/27501", "raw")
SPACE = "verdicts"
CLEAN = b"clean"


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


class Engine:
    """An engine that notes what it was asked in which call; it answers with the content and a number of its own."""

    def __init__(self, key: tuple[str, ...] = KEY) -> None:
        self.key = key
        self.calls: list[list[bytes]] = []
        self.unanswered: set[bytes] = set()

    def __call__(self, blobs: tuple[Blob, ...]) -> Answers:
        """Answer."""
        self.calls.append([blob.data for blob in blobs])
        found = {
            blob: b"%s answered in call %d" % (blob.data, len(self.calls))
            for blob in blobs
            if blob.data not in self.unanswered
        }
        return Answers(found, self.key)


def opened(folder: Path, **options: float) -> VerdictCache:
    return VerdictCache(Store(str(folder / "spool")), **options)


def for_message(cache: VerdictCache, seconds: float = HOUR) -> Cache:
    return cache.until(time.monotonic() + seconds)


def blobs_of(*contents: bytes) -> tuple[Blob, ...]:
    return tuple(Blob(content) for content in contents)


def said(cache: Cache, engine: Callable[[tuple[Blob, ...]], Answers], *contents: bytes) -> list[bytes | None]:
    """Ask about CONTENTS under KEY and return what was answered about each."""
    blobs = blobs_of(*contents)
    told = cache.through(KEY, blobs, engine)
    return [told.get(blob) for blob in blobs]


def asked(folder: Path, *contents: bytes) -> list[bytes]:
    """Return which of CONTENTS another process would have to ask an engine about."""
    engine = Engine()
    said(for_message(opened(folder, patience=0.001)), engine, *contents)
    return [content for call in engine.calls for content in call]


# --- what it answers ------------------------------------------------------------------------------------------------

CONTENTS = st.sampled_from([b"", b"one", b"two"])
KEYS = st.sampled_from([KEY, OTHER_KEY, ("clamav", "ClamAV 1.4.3/27500raw")])


class Model(RuleBasedStateMachine):
    """Two processes' caches over one store, an engine whose answers are all different, and one who writes rows."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.folder = tempfile.mkdtemp(prefix="qsfilter-verdicts-")
        self.stores = [Store(self.folder, clock=self.clock) for _ in range(2)]
        self.caches = [VerdictCache(store, seconds=100, clock=self.clock) for store in self.stores]
        self.number = 0
        self.kept: dict[bytes, tuple[bytes, tuple[str, ...], float]] = {}
        self.newest: dict[tuple[bytes, tuple[str, ...]], bytes] = {}
        self.own: set[tuple[bytes, tuple[str, ...], bytes]] = set()
        """Rows that were written for a content and a key."""

    def teardown(self) -> None:
        """Remove the folder."""
        for cache, store in zip(self.caches, self.stores, strict=True):
            cache.close()
            store.close()
        shutil.rmtree(self.folder)

    def counts(self, answer: bytes, content: bytes, key: tuple[str, ...]) -> bool:
        """Return whether ANSWER was given, complete, to this question and not too long ago."""
        about, under, when = self.kept[answer]
        return (about, under) == (content, key) and self.clock.now < when + 100

    @rule(
        who=st.integers(0, 1),
        key=KEYS,
        contents=st.lists(CONTENTS, max_size=5),
        after=st.none() | KEYS,
        unanswered=st.sets(CONTENTS, max_size=2),
        fails=st.booleans(),
    )
    def ask(
        self,
        who: int,
        key: tuple[str, ...],
        contents: list[bytes],
        after: tuple[str, ...] | None,
        unanswered: set[bytes],
        *,
        fails: bool,
    ) -> None:
        """Each answer is the engine's own, to this very question, and what must be known is not asked."""
        blobs = blobs_of(*contents)
        fresh: dict[bytes, bytes] = {}
        seen: list[bytes] = []
        after = key if after is None else after

        def engine(blobs: tuple[Blob, ...]) -> Answers:
            seen.extend(blob.data for blob in blobs)
            if fails:
                raise ConnectionResetError
            found = {}
            for blob in blobs:
                if blob.data not in unanswered:
                    self.number += 1
                    found[blob] = fresh[blob.data] = b"%d" % self.number
            return Answers(found, after)

        known = {content for content in contents if (content, key) in self.newest}
        known = {content for content in known if self.counts(self.newest[content, key], content, key)}
        cache = self.caches[who].until(time.monotonic() + HOUR)
        if fails and set(contents) - known:
            with pytest.raises(ConnectionResetError):
                cache.through(key, blobs, engine)
            return
        told = cache.through(key, blobs, engine)
        assert sorted(seen) == sorted(set(contents) - known), "each once, and nothing that is known"
        for blob in blobs:
            if blob.data in known:
                assert self.counts(told[blob], blob.data, key)
            else:
                assert told.get(blob) == fresh.get(blob.data)
        if after == key:
            for content, answer in fresh.items():
                self.kept[answer] = content, key, self.clock.now
                self.newest[content, key] = answer
                row = self.stores[0].get(SPACE, name_of(content, key))
                assert row is not None
                self.own.add((content, key, row))

    @rule(key=KEYS, content=CONTENTS, row=st.binary(max_size=60), ends=st.none() | st.floats(1.0, 99.0))
    def forge(self, key: tuple[str, ...], content: bytes, row: bytes, ends: float | None) -> None:
        """A row of somebody who does not know the secret is as if there were none."""
        if ends is not None:
            row = bytes(32) + int((self.clock.now + ends) * 1000).to_bytes(8) + row
        assert self.stores[0].put(SPACE, name_of(content, key), row, HOUR)
        self.newest.pop((content, key), None)

    @rule(key=KEYS, other_key=KEYS, content=CONTENTS, other=CONTENTS)
    def move(self, key: tuple[str, ...], other_key: tuple[str, ...], content: bytes, other: bytes) -> None:
        """A row in another one's place is as if there were none."""
        row = self.stores[0].get(SPACE, name_of(content, key))
        if row is not None and (other, other_key, row) not in self.own:  # else it comes home, by whatever way
            assert self.stores[0].put(SPACE, name_of(other, other_key), row, HOUR)
            self.newest.pop((other, other_key), None)

    @rule(key=KEYS, content=CONTENTS)
    def lengthen(self, key: tuple[str, ...], content: bytes) -> None:
        """A row that is written anew with another end keeps its own."""
        row = self.stores[1].get(SPACE, name_of(content, key))
        if row is not None:
            assert self.stores[1].put(SPACE, name_of(content, key), row, 10 * HOUR)

    @rule(seconds=st.sampled_from([1.0, 40.0, 90.0]))
    def wait(self, seconds: float) -> None:
        """Time goes by."""
        self.clock.now += seconds

    @invariant()
    def the_store_works(self) -> None:
        """No call had trouble but with rows that were forged."""
        assert {cache.take_trouble() for cache in self.caches} <= {"", f"store {self.folder}: {FORGED}"}


FORGED = "a verdict that was not written with this site's secret was left aside"


def name_of(content: bytes, key: tuple[str, ...] = KEY) -> str:
    return repr((key, hashlib.sha256(content).hexdigest(), len(content)))


Model.TestCase.settings = settings(deadline=None, max_examples=40, stateful_step_count=40)
TestModel = Model.TestCase


def test_nothing_is_made_before_the_first_question(tmp_path: Path) -> None:
    code = (
        "import os, sys; from qsfilter.store import Store; from qsfilter.verdict_cache import VerdictCache\n"
        "VerdictCache(Store(sys.argv[1])).until(9e9).through((), (), None)\n"
        "sys.exit('sqlite3' in sys.modules or os.path.exists(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "spool")], check=True, timeout=60)


def test_an_answer_is_known_to_other_processes(tmp_path: Path) -> None:
    engine = Engine()
    with child(lambda: said(for_message(opened(tmp_path)), engine, b"one")) as process:
        assert os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT) is not None
    assert said(for_message(opened(tmp_path)), engine, b"one") == [b"one answered in call 1"]
    assert engine.calls == []


def test_one_content_in_several_parts_is_asked_about_once(tmp_path: Path) -> None:
    engine = Engine()
    expected = [b"one answered in call 1", b"two answered in call 1", b"one answered in call 1"]
    for _ in range(2):
        assert said(for_message(opened(tmp_path)), engine, b"one", b"two", b"one") == expected
    assert engine.calls == [[b"one", b"two"]]


def test_an_answer_to_what_was_not_asked_is_neither_given_nor_kept(tmp_path: Path) -> None:
    one, two = blobs_of(b"one", b"two")

    def engine(blobs: tuple[Blob, ...]) -> Answers:
        return Answers({one: b"1", two: b"2"}, KEY)

    assert for_message(opened(tmp_path)).through(KEY, (one,), engine) == {one: b"1"}
    assert asked(tmp_path, b"one", b"two") == [b"two"]


def test_what_an_engine_raises_is_passed_on_and_nothing_is_kept(tmp_path: Path) -> None:
    def engine(_: tuple[Blob, ...]) -> Answers:
        raise ConnectionResetError

    cache = opened(tmp_path)
    with pytest.raises(ConnectionResetError):
        said(for_message(cache), engine, b"one")
    assert asked(tmp_path, b"one") == [b"one"]


def test_an_answer_counts_from_the_moment_in_which_it_was_asked_for(tmp_path: Path) -> None:
    clock = Clock()
    cache = VerdictCache(Store(str(tmp_path), clock=clock), seconds=100, clock=clock)
    engine = Engine()

    def slow(blobs: tuple[Blob, ...]) -> Answers:
        clock.now += 60
        return engine(blobs)

    said(for_message(cache), slow, b"one")
    clock.now += 39
    said(for_message(cache), engine, b"one")
    assert len(engine.calls) == 1
    clock.now += 2
    said(for_message(cache), engine, b"one")
    assert len(engine.calls) == 2


def test_a_shorter_time_to_live_counts_for_what_was_kept_before(tmp_path: Path) -> None:
    engine = Engine()
    said(for_message(opened(tmp_path, seconds=HOUR)), engine, b"one")
    said(for_message(opened(tmp_path, seconds=60)), engine, b"one")
    assert len(engine.calls) == 2


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_time_to_live_that_is_none_is_the_callers_error(tmp_path: Path, seconds: float) -> None:
    with pytest.raises(ValueError, match="time to live"):
        opened(tmp_path, seconds=seconds)


def test_an_answer_that_is_too_large_is_given_and_not_kept(tmp_path: Path) -> None:
    def engine(blobs: tuple[Blob, ...]) -> Answers:
        return Answers({blob: bytes(LONGEST_ANSWER + (blob.data == b"large")) for blob in blobs}, KEY)

    cache = opened(tmp_path)
    assert said(for_message(cache), engine, b"large", b"small") == [bytes(LONGEST_ANSWER + 1), bytes(LONGEST_ANSWER)]
    assert asked(tmp_path, b"large", b"small") == [b"large"]
    assert cache.take_trouble() == ""


def test_without_a_cache_every_content_is_asked_about(tmp_path: Path) -> None:
    engine = Engine()
    for number in (1, 2):
        assert said(Uncached(), engine, b"one") == [b"one answered in call %d" % number]


# --- forged rows ----------------------------------------------------------------------------------------------------


def sealed(folder: Path, content: bytes, key: tuple[str, ...] = KEY) -> bytes:
    """Return the row of an answer that a site keeps in FOLDER."""
    cache = opened(folder)
    for_message(cache).through(key, blobs_of(content), Engine(key))
    row = cache._store.get(SPACE, name_of(content, key))
    assert row is not None
    return row


FORGERIES: dict[str, Callable[[Path], bytes]] = {
    "nothing": lambda _: b"",
    "an answer without a seal": lambda _: CLEAN,
    "an empty seal": lambda folder: bytes(32) + sealed(folder, b"one")[32:],
    "another answer": lambda folder: sealed(folder, b"one")[:40] + CLEAN,
    "another end": lambda folder: (row := sealed(folder, b"one"))[:32] + (1 << 60).to_bytes(8) + row[40:],
    "a shorter answer": lambda folder: sealed(folder, b"one")[:-1],
    "another content's": lambda folder: sealed(folder, b"two"),
    "another key's": lambda folder: sealed(folder, b"one", OTHER_KEY),
    "another site's": lambda folder: sealed(folder / "elsewhere", b"one"),
    "large": lambda _: bytes(LONGEST_VALUE),
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_who_can_write_the_database_can_forge_nothing(tmp_path: Path, forgery: Callable[[Path], bytes]) -> None:
    row = forgery(tmp_path)
    cache = opened(tmp_path)
    assert cache._store.put(SPACE, name_of(b"one"), row, HOUR)
    engine = Engine()
    assert said(for_message(cache), engine, b"one") == [b"one answered in call 1"]
    assert FORGED in cache.take_trouble()
    assert cache.take_trouble() == ""
    assert said(for_message(cache), engine, b"one") == [b"one answered in call 1"]
    assert len(engine.calls) == 1, "it was written anew"


def test_a_lost_secret_forgets_what_was_kept(tmp_path: Path) -> None:
    sealed(tmp_path, b"one")
    (tmp_path / "spool" / site_key.NAME).unlink()
    assert asked(tmp_path, b"one") == [b"one"]
    assert asked(tmp_path, b"one") == []


# --- several processes at once --------------------------------------------------------------------------------------


@contextlib.contextmanager
def leader(folder: Path, answer: Callable[[tuple[Blob, ...]], Answers], *contents: bytes) -> Iterator[int]:
    """Run a process that has begun to ask about CONTENTS, and gets ANSWER for them."""
    reading, writing = os.pipe()

    def work() -> None:
        def ask(blobs: tuple[Blob, ...]) -> Answers:
            os.write(writing, b".")
            return answer(blobs)

        said(for_message(opened(folder)), ask, *contents)

    with child(work) as process:
        assert os.read(reading, 1) == b"."
        os.close(reading)
        os.close(writing)
        yield process


def soon(blobs: tuple[Blob, ...]) -> Answers:
    time.sleep(0.2)
    return Answers(dict.fromkeys(blobs, b"the leader's"), KEY)


def never(_: tuple[Blob, ...]) -> Answers:
    time.sleep(HOUR)
    raise AssertionError


def test_what_another_process_asks_about_is_waited_for(tmp_path: Path) -> None:
    engine = Engine()
    with leader(tmp_path, soon, b"one", b"two"):
        assert said(for_message(opened(tmp_path, patience=HOUR)), engine, b"two") == [b"the leader's"]
    assert engine.calls == []


def test_what_nobody_asks_about_is_asked_in_one_call_before_others_are_waited_for(tmp_path: Path) -> None:
    engine = Engine()
    with leader(tmp_path, soon, b"one", b"two"):
        cache = for_message(opened(tmp_path, patience=HOUR))
        assert said(cache, engine, b"three", b"one", b"four", b"two") == [
            b"three answered in call 1",
            b"the leader's",
            b"four answered in call 1",
            b"the leader's",
        ]
    assert engine.calls == [[b"three", b"four"]]


def test_the_same_contents_in_many_processes_are_asked_about_once(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.touch()
    reading, writing = os.pipe()

    def work() -> None:
        def ask(blobs: tuple[Blob, ...]) -> Answers:
            with notes.open("ab", buffering=0) as file:
                file.write(b"".join(blob.data + b"\n" for blob in blobs))
            time.sleep(0.05)
            return Answers(dict.fromkeys(blobs, CLEAN), KEY)

        os.close(writing)
        os.read(reading, 1)
        assert said(for_message(opened(tmp_path, patience=HOUR)), ask, b"one", b"two", b"one") == [CLEAN] * 3

    with contextlib.ExitStack() as stack:
        children = [stack.enter_context(child(work)) for _ in range(12)]
        os.close(reading)
        os.close(writing)
        ends = [os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT) for process in children]
    assert [end.si_status for end in ends if end] == [0] * 12
    assert sorted(notes.read_bytes().split()) == [b"one", b"two"]


def fails(_: tuple[Blob, ...]) -> Answers:
    time.sleep(0.2)
    raise ConnectionResetError


def ends(_: tuple[Blob, ...]) -> Answers:
    time.sleep(0.2)
    os._exit(0)


UNKEPT: dict[str, Callable[[tuple[Blob, ...]], Answers]] = {
    "not answered": lambda blobs: Answers({}, soon(blobs).key),
    "another version since": lambda blobs: Answers(soon(blobs).found, OTHER_KEY),
    "it fails": fails,
    "it ends": ends,
}


@pytest.mark.parametrize("answer", UNKEPT.values(), ids=UNKEPT)
def test_a_leader_whose_answer_is_not_kept_is_followed_by_the_next(
    tmp_path: Path, answer: Callable[[tuple[Blob, ...]], Answers]
) -> None:
    engine = Engine()
    with leader(tmp_path, answer, b"one"):
        assert said(for_message(opened(tmp_path, patience=HOUR)), engine, b"one") == [b"one answered in call 1"]
    assert asked(tmp_path, b"one") == []


def test_a_leader_that_is_killed_is_followed_by_the_next(tmp_path: Path) -> None:
    engine = Engine()
    with leader(tmp_path, never, b"one") as process:
        killer = threading.Timer(0.1, os.kill, (process, signal.SIGKILL))
        killer.start()
        assert said(for_message(opened(tmp_path, patience=HOUR)), engine, b"one") == [b"one answered in call 1"]
        killer.join()


def test_a_leader_that_hangs_is_waited_for_as_long_as_patience_lasts(tmp_path: Path) -> None:
    engine = Engine()
    with leader(tmp_path, never, b"one") as process:
        os.kill(process, signal.SIGSTOP)
        assert said(for_message(opened(tmp_path, patience=0.1)), engine, b"one") == [b"one answered in call 1"]
    assert asked(tmp_path, b"one") == [], "and what was learnt is kept"


def test_half_of_the_messages_time_is_left_for_asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a clock that goes by pauses alone."""
    now = [1000.0]
    with leader(tmp_path, never, b"one"):
        cache = opened(tmp_path, patience=HOUR)
        monkeypatch.setattr(time, "monotonic", lambda: now[0])
        monkeypatch.setattr(time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
        said(cache.until(1010.0), Engine(), b"one")
    assert 1002.5 <= now[0] <= 1005.0


def test_where_no_time_is_left_nobody_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine()
    with leader(tmp_path, never, b"one"):
        cache = opened(tmp_path, patience=HOUR)
        monkeypatch.setattr(time, "sleep", never)
        assert said(for_message(cache, -1.0), engine, b"one") == [b"one answered in call 1"]


def rings(_: tuple[Blob, ...]) -> Answers:
    raise OutOfTime


@pytest.mark.parametrize("answer", [rings, fails])
def test_a_content_is_given_back_however_the_question_ends(
    tmp_path: Path, answer: Callable[[tuple[Blob, ...]], Answers]
) -> None:
    cache = opened(tmp_path)
    with pytest.raises((OutOfTime, ConnectionResetError)):
        said(for_message(cache), answer, b"one")
    assert leads_in_child(tmp_path, b"one")


def leads_in_child(folder: Path, content: bytes) -> bool:
    """Return whether another process can lead CONTENT."""

    def work() -> None:
        with InFlight(str(folder / "spool")).led([name_of(content)]) as led:
            assert led == [name_of(content)]

    with child(work) as process:
        end = os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
    return end is not None and end.si_status == 0


def test_a_timer_that_rings_anywhere_leaves_all_in_order(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    engine = Engine()
    rung = 0

    def ring(*_: object) -> None:
        raise OutOfTime

    was = signal.signal(signal.SIGALRM, ring)
    try:
        for number in range(300):
            content = b"%d" % (number // 2)
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-6 * (1 + 2 * number))
                (told,) = said(for_message(cache), engine, content)
                signal.setitimer(signal.ITIMER_REAL, 0)
                assert told is not None
                assert told.startswith(content + b" answered")
            except OutOfTime:
                rung += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, was)
    assert rung
    assert cache.take_trouble() == ""
    cache.until(0.0)
    assert all(leads_in_child(tmp_path, b"%d" % number) for number in range(0, 150, 10))


def test_more_contents_than_locks_are_all_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_flight, "MOST_LOCKS", 3)
    contents = [b"%d" % number for number in range(20)]
    engine = Engine()
    with leader(tmp_path, never, b"1"):
        cache = opened(tmp_path, patience=0.05)
        assert None not in said(for_message(cache), engine, *contents)
    assert [len(call) for call in engine.calls] == [19, 1]


# --- where something fails, the engine is asked ---------------------------------------------------------------------


def in_the_way(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_bytes(b"in the way")


def damaged(folder: Path) -> None:
    (path,) = folder.glob("store.*.db")
    path.write_bytes(b"not a database at all\n" * 500)


def no_locks(folder: Path) -> None:
    (folder / in_flight.NAME).unlink()
    (folder / in_flight.NAME).mkdir()


FAILURES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no folder can be made": (in_the_way, "Not a directory"),
    "others write the folder": (lambda folder: folder.chmod(0o777), "others can write"),
    "a damaged database": (damaged, "damaged"),
    "others read the secret": (lambda folder: (folder / site_key.NAME).chmod(0o644), "others can read"),
    "others write the database": (lambda folder: next(folder.glob("store.*.db")).chmod(0o666), "others can write"),
}


@pytest.mark.parametrize(("failure", "told"), FAILURES.values(), ids=FAILURES)
def test_a_cache_that_fails_is_none(tmp_path: Path, failure: Callable[[Path], object], told: str) -> None:
    sealed(tmp_path, b"one")
    failure(tmp_path / "spool")
    cache = opened(tmp_path)
    engine = Engine()
    for number in (1, 2):
        answer = b"one answered in call %d" % number
        assert said(for_message(cache), engine, b"one", b"one") == [answer, answer]
    assert told in cache.take_trouble()
    assert cache.take_trouble() == ""


def test_after_a_while_a_secret_is_looked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed(tmp_path, b"one")
    secret = tmp_path / "spool" / site_key.NAME
    secret.chmod(0o644)
    cache = opened(tmp_path)
    engine = Engine()
    said(for_message(cache), engine, b"one")
    secret.chmod(0o600)
    said(for_message(cache), engine, b"one")
    assert len(engine.calls) == 2
    cache._away_until = 0.0
    said(for_message(cache), engine, b"one")
    assert len(engine.calls) == 2


def test_without_locks_contents_are_asked_about_and_kept(tmp_path: Path) -> None:
    sealed(tmp_path, b"one")
    no_locks(tmp_path / "spool")
    cache = opened(tmp_path)
    engine = Engine()
    for _ in range(2):
        assert said(for_message(cache), engine, b"two") == [b"two answered in call 1"]
    assert cache.take_trouble() == ""


def test_a_store_that_is_locked_is_not_waited_for_long(tmp_path: Path) -> None:
    import sqlite3

    sealed(tmp_path, b"one")
    (path,) = (tmp_path / "spool").glob("store.*.db")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        cache = opened(tmp_path)
        engine = Engine()
        assert said(for_message(cache), engine, b"two", b"one") == [
            b"two answered in call 1",
            b"one answered in call 1",
        ]
        assert engine.calls == [[b"two"]], "what is known can be read"
        assert "locked" in cache.take_trouble()


def test_a_full_disk_is_a_miss(tmp_path: Path) -> None:
    sealed(tmp_path, b"one")

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        cache = opened(tmp_path)
        assert said(for_message(cache), Engine(), b"two") == [b"two answered in call 1"]
        assert cache.take_trouble()

    with child(work) as process:
        end = os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
    assert end is not None
    assert end.si_status == 0


def test_a_worker_that_was_forked_from_one_that_had_asked_goes_on(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    engine = Engine()
    said(for_message(cache), engine, b"one")

    def work() -> None:
        assert said(for_message(cache), engine, b"one", b"two") == [
            b"one answered in call 1",
            b"two answered in call 2",
        ]

    with child(work) as process:
        end = os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
    assert end is not None
    assert end.si_status == 0
    assert asked(tmp_path, b"one", b"two") == []
    assert said(for_message(cache), engine, b"two") == [b"two answered in call 2"]


def test_pauses_grow_and_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        now[0] += seconds

    with leader(tmp_path, never, b"one"):
        cache = opened(tmp_path, patience=2.0)
        monkeypatch.setattr(time, "monotonic", lambda: now[0])
        monkeypatch.setattr(time, "sleep", sleep)
        said(cache.until(2000.0), Engine(), b"one")
    assert pauses[0] == verdict_cache.PAUSE_SECONDS
    assert pauses[:-1] == sorted(pauses[:-1])
    assert max(pauses) == verdict_cache.LONGEST_PAUSE_SECONDS
