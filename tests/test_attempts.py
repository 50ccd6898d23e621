"""The poison guard: which attempts count, what is known of them, and that it never stands in the way of mail."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsfilter import attempt_files, attempts
from qsfilter.attempts import FORGET_SECONDS, MANY, MANY_SECONDS, Attempt, Attempts
from qsfilter.errors import DeliveryError, OutOfTime
from tests.children import in_child

if TYPE_CHECKING:
    from pathlib import Path

KEY = "ab" * 32
OTHER = "cd" * 32
HANDED, REFUSED, LATER = 0, 31, 71
DAY = 86400.0


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def file_of(folder: Path, key: str = KEY) -> Path:
    return folder / key[:2] / key


def broken_off(guard: Attempts, key: str = KEY, asked: str = "scan") -> Attempt:
    """Begin an attempt, and leave it as the kernel does when the process ends: without its lock."""
    attempt = guard.begin(key)
    attempt.asking(asked, "engine")
    attempt.close()
    return attempt


# --- real processes -------------------------------------------------------------------------------------------------

WRAPPER = """
import faulthandler, os, resource, signal, sys, time
from qsfilter.attempts import Attempts
from qsfilter.errors import DeliveryError
folder, key, how = sys.argv[1:]
with Attempts(folder).begin(key) as attempt:
    if attempt.poison:
        print(f"quarantine: {attempt.detail}")
        attempt.ended(0)
        sys.exit(0)
    attempt.asking("parse", "mime", "message")
    attempt.asking("unpack", "libarchive", '1.2 > "a.rar"')
    if how == "hang":
        import ctypes
        faulthandler.dump_traceback_later(0.2, exit=True)
        ctypes.PyDLL(None).sleep(60)  # holds the interpreter, as native code does
    elif how == "memory":
        raise MemoryError
    elif how == "bug":
        raise RuntimeError("the core's own")
    elif how == "disk":
        raise DeliveryError("no space left", 53)
    elif how == "caller":
        raise KeyboardInterrupt
    elif how.startswith("SIG"):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.kill(os.getpid(), getattr(signal, how))
        time.sleep(60)
    elif how == "exec":
        attempt.ended(0)
        os.execv("/bin/true", ["true"])
    attempt.ended(int(how))
"""


def attempted(folder: Path, how: str, key: str = KEY) -> str:
    """Let a process make an attempt that ends as HOW says; return what it printed."""
    command = [sys.executable, "-c", WRAPPER, str(folder), key, how]
    return subprocess.run(command, stdout=-1, stderr=-3, text=True, timeout=60, check=False).stdout


@pytest.mark.parametrize("how", ["SIGKILL", "SIGSEGV", "SIGABRT", "hang", "memory", "bug"])
def test_after_three_attempts_that_broke_off_the_message_is_given_up(tmp_path: Path, how: str) -> None:
    assert [attempted(tmp_path, how) for _ in range(3)] == ["", "", ""]
    told = attempted(tmp_path, how)
    assert told.startswith("quarantine: 3 attempts broke off, the first ")
    assert told.count('unpack of libarchive about 1.2 > "a.rar"') == 3
    assert not file_of(tmp_path).exists(), "it had its outcome"


@pytest.mark.parametrize("how", ["71", "54", "disk", "caller"])
def test_trying_again_later_never_gives_a_message_up(tmp_path: Path, how: str) -> None:
    assert [attempted(tmp_path, how) for _ in range(5)] == [""] * 5
    assert file_of(tmp_path).stat().st_size == 0, "it takes no room but its name"


@pytest.mark.parametrize("outcome", ["0", "31", "11", "40", "exec"])
def test_an_outcome_begins_the_count_anew(tmp_path: Path, outcome: str) -> None:
    for how in ("SIGKILL", "SIGKILL", outcome, "SIGKILL", "SIGKILL"):
        assert attempted(tmp_path, how) == ""
    assert Attempts(str(tmp_path)).begin(KEY).deaths == 2


def test_trying_again_later_in_between_keeps_the_count(tmp_path: Path) -> None:
    for how in ("71", "SIGKILL", "71", "SIGKILL", "71", "71", "SIGKILL"):
        assert attempted(tmp_path, how) == ""
    assert attempted(tmp_path, "71").startswith("quarantine")


def test_what_is_killed_at_any_moment_is_counted_or_had_its_outcome(tmp_path: Path) -> None:
    chance = random.Random(6)  # noqa: S311 - moments, not secrets
    guard = Attempts(str(tmp_path), most=1000)
    before = 0
    for _ in range(60):
        child = os.fork()
        if child == 0:
            try:
                while True:
                    attempt = guard.begin(KEY)
                    attempt.asking("scan", "engine")
                    attempt.ended(LATER)
            finally:
                os._exit(1)
        time.sleep(chance.uniform(0.0, 0.003))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        attempt = guard.begin(KEY)
        assert attempt.trouble == ""
        assert before <= attempt.deaths <= before + 1
        before = attempt.deaths
        attempt.ended(LATER)
    assert before


# --- what is known --------------------------------------------------------------------------------------------------


def test_the_time_since_the_first_attempt_goes_on_whatever_the_attempts_end_in(tmp_path: Path) -> None:
    clock = Clock()
    guard = Attempts(str(tmp_path), clock=clock)
    seen = []
    for end in (LATER, LATER, None, LATER, HANDED, LATER):
        attempt = guard.begin(KEY)
        seen.append(round(attempt.seconds))
        attempt.close() if end is None else attempt.ended(end)
        clock.now += 600
    assert seen == [0, 600, 1200, 1800, 2400, 0]


def test_what_was_asked_last_is_known_of_each_attempt(tmp_path: Path) -> None:
    guard = Attempts(str(tmp_path), most=9)
    guard.begin(KEY).close()
    for asked in ("unpack of all parts, a long text", "scan"):
        broken_off(guard, asked=asked)
    attempt = guard.begin(KEY)
    expected = ("nothing was asked yet", "unpack of all parts, a long text of engine", "scan of engine")
    assert attempt.history == expected
    assert not attempt.poison


def test_the_history_is_bounded_and_the_count_is_not(tmp_path: Path) -> None:
    guard = Attempts(str(tmp_path))
    for number in range(20):
        broken_off(guard, asked=f"\u20ac\n{number}" * 200)
    attempt = guard.begin(KEY)
    assert attempt.deaths == 20
    assert len(attempt.history) == attempt_files.MOST_IN_HISTORY
    assert "\n" not in attempt.detail
    assert attempt.detail.isascii()
    assert file_of(tmp_path).stat().st_size < 4096


def test_the_bound_is_the_sites(tmp_path: Path) -> None:
    guard = Attempts(str(tmp_path), most=1)
    broken_off(guard)
    assert guard.begin(KEY).poison
    with pytest.raises(ValueError, match="0 attempts"):
        Attempts(str(tmp_path), most=0)


def test_messages_are_counted_apart(tmp_path: Path) -> None:
    guard = Attempts(str(tmp_path), most=1)
    broken_off(guard)
    assert not guard.begin(OTHER).poison


EVENTS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["died", "later", "settled"]), st.sampled_from([1.0, 4e4, 3e5])),
    max_size=30,
)


@given(EVENTS)
def test_it_knows_what_a_dictionary_would(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[str, str, float]]
) -> None:
    clock = Clock()
    folder = tmp_path_factory.mktemp("attempts")
    guard = Attempts(str(folder), most=2, clock=clock)
    known: dict[str, tuple[int, float]] = {}
    for name, end, seconds in events:
        key = name * 64
        deaths, first = known.get(key, (0, clock.now))
        if clock.now - first > FORGET_SECONDS:
            deaths, first = 0, clock.now
        attempt = guard.begin(key)
        assert (attempt.deaths, attempt.poison, attempt.trouble) == (deaths, deaths >= 2, "")
        assert attempt.seconds == pytest.approx(clock.now - first, abs=0.1)
        if end == "died":
            attempt.close()
            known[key] = deaths + 1, first
        else:
            attempt.ended(HANDED if end == "settled" else LATER)
            known[key] = deaths, first
            if end == "settled":
                del known[key]
        clock.now += seconds


# --- not the message's fault ----------------------------------------------------------------------------------------


def test_where_many_messages_break_off_none_is_given_up(tmp_path: Path) -> None:
    clock = Clock()
    guard = Attempts(str(tmp_path), most=1, clock=clock)
    for number in range(MANY):
        broken_off(guard, f"{number:02x}" * 32)
        assert guard.begin(f"{number:02x}" * 32).poison
    broken_off(guard)
    attempt = guard.begin(KEY)
    assert (attempt.poison, attempt.widespread) == (False, True)
    assert "not to blame" in attempt.detail
    attempt.ended(LATER)
    clock.now += MANY_SECONDS + 1
    assert guard.begin(KEY).poison, "the others did so long ago"


def test_what_broke_off_while_the_clock_was_ahead_excuses_nothing(tmp_path: Path) -> None:
    """Else nothing would be given up until that time has come once more."""
    clock = Clock()
    guard = Attempts(str(tmp_path), most=1, clock=clock)
    clock.now += 365 * DAY
    for number in range(MANY):
        broken_off(guard, f"{number:02x}" * 32)
        assert guard.begin(f"{number:02x}" * 32).poison
    clock.now -= 365 * DAY
    broken_off(guard)
    attempt = guard.begin(KEY)
    assert (attempt.poison, attempt.widespread) == (True, False)


def test_one_message_that_breaks_off_again_and_again_is_not_many(tmp_path: Path) -> None:
    guard = Attempts(str(tmp_path), most=1)
    for _ in range(3 * MANY):
        broken_off(guard, OTHER)
    broken_off(guard)
    assert guard.begin(KEY).poison


def test_the_note_of_what_broke_off_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt_files, "MOST_DEATHS", 10)
    guard = Attempts(str(tmp_path), most=10**6)
    for number in range(50):
        broken_off(guard, f"{number % 25:02x}" * 32)
    sizes = [path.stat().st_size for path in tmp_path.glob("broken-off*")]
    assert 0 < sum(sizes) <= 2 * 10 * attempt_files.LINE


def test_the_end_of_the_machine_is_not_the_messages_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guard = Attempts(str(tmp_path), most=1)
    monkeypatch.setattr(attempt_files, "boot_id", lambda: "one")
    broken_off(guard)
    monkeypatch.setattr(attempt_files, "boot_id", lambda: "two")
    attempt = guard.begin(KEY)
    assert attempt.deaths == 0
    attempt.close()
    assert guard.begin(KEY).deaths == 1


def test_a_system_that_names_no_boot_counts_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guard = Attempts(str(tmp_path), most=1)
    broken_off(guard)
    monkeypatch.setattr(attempt_files, "boot_id", lambda: attempt_files.UNKNOWN_BOOT)
    assert guard.begin(KEY).poison


@pytest.mark.parametrize(("error", "counts"), [(DeliveryError("full", 53), 0), (OutOfTime(), 1), (MemoryError(), 1)])
def test_an_error_counts_unless_it_was_raised_on_purpose(tmp_path: Path, error: BaseException, counts: int) -> None:
    guard = Attempts(str(tmp_path))
    with contextlib.suppress(BaseException), guard.begin(KEY):
        raise error
    assert guard.begin(KEY).deaths == counts


def test_what_nobody_ended_was_put_off_in_order(tmp_path: Path) -> None:
    guard = Attempts(str(tmp_path))
    with guard.begin(KEY):
        pass
    assert guard.begin(KEY).deaths == 0


# --- at once --------------------------------------------------------------------------------------------------------


def test_a_twin_that_is_being_examined_is_not_taken_for_one_that_died(tmp_path: Path) -> None:
    guard = Attempts(str(tmp_path), most=2)
    broken_off(guard)
    first = guard.begin(KEY)
    twin = guard.begin(KEY)
    assert (first.deaths, twin.deaths) == (1, 1)
    twin.asking("scan", "twin")
    twin.ended(HANDED)
    first.close()
    attempt = guard.begin(KEY)
    assert attempt.poison, "the one that died is counted whatever its twin did"
    assert "twin" not in attempt.detail


def test_the_twin_of_a_message_that_is_given_up_is_given_up(tmp_path: Path) -> None:
    guard = Attempts(str(tmp_path), most=1)
    broken_off(guard)
    first, twin = guard.begin(KEY), guard.begin(KEY)
    assert first.poison
    assert twin.poison


def test_an_attempt_that_begins_while_a_twin_has_its_outcome_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = attempt_files.opened
    tries = iter([True, False])

    def opened_and_gone(folder: int, key: str) -> tuple[int, bool]:
        found = opened(folder, key)
        if next(tries):
            file_of(tmp_path).unlink()
        return found

    guard = Attempts(str(tmp_path))
    with monkeypatch.context() as patched:
        patched.setattr(attempt_files, "opened", opened_and_gone)
        broken_off(guard)
    assert guard.begin(KEY).deaths == 1


def test_many_attempts_at_one_message_at_once_leave_it_sound(tmp_path: Path) -> None:
    guard = Attempts(str(tmp_path), most=10**6)

    def child(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - moments, not secrets
        for _ in range(200):
            attempt = guard.begin(KEY)
            attempt.asking("scan", "engine")
            assert attempt.trouble == ""
            end = chance.choice([HANDED, LATER, REFUSED, None])
            attempt.close() if end is None else attempt.ended(end)
            assert attempt.trouble == ""

    children = []
    for seed in range(6):
        number = os.fork()
        if number == 0:
            status = 1
            try:
                child(seed)
                status = 0
            finally:
                os._exit(status)
        children.append(number)
    assert [os.waitpid(number, 0)[1] for number in children] == [0] * 6


# --- what goes wrong ------------------------------------------------------------------------------------------------


def nothing_known(folder: Path | str) -> str:
    """Go through an attempt where nothing can be remembered; return why that is."""
    with Attempts(str(folder), most=1).begin(KEY) as attempt:
        assert (attempt.deaths, attempt.seconds, attempt.poison, attempt.history) == (0, 0.0, False, ())
        attempt.asking("scan", "engine")
        attempt.ended(LATER)
    assert attempt.trouble.isprintable()
    return attempt.trouble


def test_a_folder_that_fails_is_no_guard_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken_off(Attempts(str(tmp_path / "spool")))
    assert "/proc/qsfilter" in nothing_known("/proc/qsfilter/attempts")
    (tmp_path / "file").touch()
    assert nothing_known(tmp_path / "file")
    (tmp_path / "link").symlink_to(tmp_path / "spool")
    assert nothing_known(tmp_path / "link")
    (tmp_path / "spool").chmod(0o777)
    assert "others can write" in nothing_known(tmp_path / "spool")
    (tmp_path / "spool").chmod(0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 64_000)
    assert "belongs to user" in nothing_known(tmp_path / "spool")


def test_a_link_or_a_pipe_in_the_files_place_is_not_opened(tmp_path: Path) -> None:
    broken_off(Attempts(str(tmp_path)))
    file = file_of(tmp_path)
    victim = tmp_path / "victim"
    victim.write_bytes(b"of somebody")
    for put in (lambda: file.symlink_to(victim), lambda: os.link(victim, file), lambda: os.mkfifo(file), file.mkdir):
        file.unlink()
        put()
        assert nothing_known(tmp_path)
    assert victim.read_bytes() == b"of somebody"


def test_a_full_disk_is_no_guard(tmp_path: Path) -> None:
    def child() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        assert nothing_known(tmp_path)

    assert in_child(child) == 0
    assert Attempts(str(tmp_path)).begin(KEY).deaths == 0


@settings(max_examples=300)
@given(st.binary(max_size=3000) | st.text("qsfilter-attempts-1 examined0-9naninf.\n\0").map(str.encode))
def test_a_file_of_anything_is_a_message_that_nothing_is_known_of(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp() / "anything"
    guard = Attempts(str(folder), most=1)
    guard.begin(KEY).ended(LATER)
    file_of(folder).write_bytes(content)
    attempt = guard.begin(KEY)
    assert attempt.deaths == 0
    assert 0 <= attempt.seconds < 100
    attempt.ended(HANDED)
    assert attempt.trouble == ""


HEADS = [
    b"examined 1 nan -",
    b"examined -5 0 -",
    b"examined 99999999999999 0 -",
    b"unheard 3 0 -",
    b"examined 3 -",
    b"",
]


@pytest.mark.parametrize("head", HEADS)
def test_a_head_that_makes_no_sense_is_one_that_nothing_is_known_of(tmp_path: Path, head: bytes) -> None:
    guard = Attempts(str(tmp_path), most=1)
    guard.begin(KEY).ended(LATER)
    file_of(tmp_path).write_bytes(attempt_files.MAGIC.encode() + b" " + head + b"\n")
    attempt = guard.begin(KEY)
    assert (attempt.deaths, attempt.seconds) == (0, 0.0)


def test_a_clock_that_was_set_back_begins_the_time_anew_and_keeps_the_count(tmp_path: Path) -> None:
    clock = Clock()
    guard = Attempts(str(tmp_path), clock=clock)
    broken_off(guard)
    clock.now -= DAY
    attempt = guard.begin(KEY)
    assert (attempt.deaths, attempt.seconds) == (1, 0.0)
    attempt.ended(LATER)
    clock.now += 60
    assert round(guard.begin(KEY).seconds) == 60


def test_a_clock_that_was_set_far_forward_forgets(tmp_path: Path) -> None:
    clock = Clock()
    guard = Attempts(str(tmp_path), most=1, clock=clock)
    broken_off(guard)
    clock.now += FORGET_SECONDS + 1
    attempt = guard.begin(KEY)
    assert (attempt.deaths, attempt.seconds) == (0, 0.0)


def test_nothing_is_written_to_a_file_that_got_our_descriptors_number(tmp_path: Path) -> None:
    attempt = Attempts(str(tmp_path / "spool")).begin(KEY)
    number = attempt._descriptor
    os.close(number)
    mail = os.open(tmp_path / "mail", os.O_RDWR | os.O_CREAT)
    os.dup2(mail, number)
    attempt.asking("scan", "engine")
    attempt.ended(LATER)
    assert os.fstat(number).st_size == 0
    os.close(number)
    os.close(mail)


def test_a_plugin_that_closed_our_descriptor_costs_the_count_and_nothing_else(tmp_path: Path) -> None:
    guard = Attempts(str(tmp_path))
    attempt = guard.begin(KEY)
    os.close(attempt._descriptor)
    attempt.asking("scan", "engine")
    attempt.ended(HANDED)
    assert guard.begin(KEY).deaths == 1


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "abc", "a" * 30 + "/", "a" * 30 + "\0"])
def test_a_key_that_is_none_is_the_callers_error(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="no retry key"):
        Attempts(str(tmp_path)).begin(key)


# --- bounds ---------------------------------------------------------------------------------------------------------


def test_files_of_messages_that_never_came_back_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "SWEEP_ONE_IN", 1)
    clock = Clock()
    guard = Attempts(str(tmp_path), clock=clock)
    guard.begin("ab" + "0" * 62).ended(LATER)
    broken_off(guard, "ab" + "1" * 62)
    held = guard.begin("ab" + "2" * 62)
    clock.now += FORGET_SECONDS + 60
    guard.begin("ab" + "3" * 62).ended(LATER)
    left = sorted(path.name[2] for path in (tmp_path / "ab").iterdir())
    assert left == ["2", "3"], "what is being examined stays"
    held.ended(HANDED)


def test_the_number_of_files_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "SWEEP_ONE_IN", 1)
    monkeypatch.setattr(attempt_files, "MOST_FILES", 10)
    guard = Attempts(str(tmp_path))
    for number in range(50):
        guard.begin(f"ab{number:062x}").ended(LATER)
    assert len(list((tmp_path / "ab").iterdir())) <= 12


def test_folder_and_files_are_ours_alone_whatever_the_umask(tmp_path: Path) -> None:
    was = os.umask(0)
    try:
        attempt = Attempts(str(tmp_path / "spool")).begin(KEY)
    finally:
        os.umask(was)
    modes = [
        path.stat().st_mode & 0o777
        for path in (tmp_path / "spool", tmp_path / "spool" / "ab", file_of(tmp_path / "spool"))
    ]
    assert modes == [0o700, 0o700, 0o600]
    attempt.ended(HANDED)


# --- watched over -----------------------------------------------------------------------------------------------------


class Seen:
    """Notes what a watcher is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def begins(self, key: str) -> None:
        """Note the key's beginning."""
        self.told.append(key[:4])

    def asks(self, hook: str, plugin: str) -> None:
        """Note whom."""
        self.told.append(f"{hook} {plugin}")


@pytest.fixture
def watched(tmp_path: Path) -> Attempts:
    guard = Attempts(str(tmp_path), most=2)
    guard.watcher = Seen()
    return guard


def test_who_is_watched_over_leaves_no_file_for_a_message_with_an_outcome(watched: Attempts, tmp_path: Path) -> None:
    with watched.begin(KEY) as attempt:
        attempt.asking("scan", "engine")
        assert not file_of(tmp_path).exists()
        attempt.ended(0)
    assert not file_of(tmp_path).exists()
    assert isinstance(watched.watcher, Seen)
    assert watched.watcher.told == [KEY[:4], "scan engine"]


def test_a_message_that_waits_is_known_the_next_time(watched: Attempts, tmp_path: Path) -> None:
    """Since when, too."""
    with watched.begin(KEY) as attempt:
        attempt.ended(71)
    assert file_of(tmp_path).exists()
    with watched.begin(KEY) as attempt:
        assert (attempt.deaths, attempt.poison) == (0, False)
        assert attempt.seconds >= 0
        attempt.ended(0)
    assert not file_of(tmp_path).exists()


@pytest.mark.parametrize("error", [MemoryError, OutOfTime])
def test_an_error_of_the_core_counts_as_ever(watched: Attempts, error: type[BaseException]) -> None:
    attempt = watched.begin(KEY)
    attempt.asking("scan", "engine")
    with pytest.raises(error), attempt:
        raise error
    with watched.begin(KEY) as attempt:
        assert (attempt.deaths, attempt.history) == (1, ("scan of engine",))
        attempt.ended(0)


def test_what_the_watcher_has_seen_counts(watched: Attempts) -> None:
    """Once for each death, whether the next attempt begins at once or the next day."""
    watched.begin(KEY).asking("unpack", "first")  # and it dies
    watched.seen = "unpack of first"
    again = watched.begin(KEY)
    assert (again.deaths, again.history) == (1, ("unpack of first",))
    os.close(again._descriptor)  # as the kernel does, when this one dies too
    watched.seen = "scan of second"
    assert watched.begin(KEY).history == ("unpack of first", "scan of second")


def test_what_a_service_before_died_of_counts(watched: Attempts) -> None:
    watched.broke_off(KEY, "scan of engine")
    with watched.begin(KEY) as attempt:
        assert (attempt.deaths, attempt.history) == (1, ("scan of engine",))


def test_a_guard_without_a_folder_only_tells_the_watcher() -> None:
    guard = Attempts("")
    guard.watcher = seen = Seen()
    with guard.begin(KEY) as attempt:
        attempt.asking("scan", "engine")
        attempt.ended(71)
    guard.broke_off(KEY, "scan of engine")
    assert seen.told == [KEY[:4], "scan engine"]
