"""Whatever a plugin does to its worker, its `on_error` holds, nothing is lost, and the others' mail goes on."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from qsfilter.queue import protocol
from qsfilter.testing.messages import message
from qsfilter.testing.service import hand_in, hand_in_only, take_answer, until
from tests.process.service_place import ServedSite

if TYPE_CHECKING:
    from pathlib import Path

HOOKS = ("parse", "unpack", "scan", "decide", "deliver", "report")
KILLED = {
    "segv": "was killed by SIGSEGV",
    "kill": "was killed by SIGKILL",
    "exit": "ended with code 0",
    "exit3": "ended with code 3",
}


@pytest.fixture
def site(tmp_path: Path) -> ServedSite:
    return ServedSite(tmp_path)


# --- a worker that dies -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", KILLED)
def test_the_message_is_examined_again_without_the_plugin(site: ServedSite, act: str) -> None:
    """Whatever the plugin was asked."""
    site.told("bad", more='on_error = "accept"', service="workers = 1")
    with site.service() as running:
        for number, hook in enumerate(HOOKS, 1):
            assert site.hand_in(f"bad {hook} does {act}\n").deed == protocol.HAND_OVER
            running.await_log("action=accept", times=number)
            assert f"a worker {KILLED[act]} in {hook} of bad; the message is examined again without it" in running.log
            assert f"crash by bad: {hook}: the process {KILLED[act]}" in running.log
        assert site.hand_in().deed == protocol.HAND_OVER
    assert not site.kept


@pytest.mark.parametrize(
    ("on_error", "code", "kept"), [("defer", 71, 0), ("quarantine", 0, 1), ("reject", 31, 1), ("discard", 0, 0)]
)
def test_on_error_holds(site: ServedSite, on_error: str, code: int, kept: int) -> None:
    site.told("bad", more=f'on_error = "{on_error}"')
    with site.service():
        found = site.hand_in("bad scan does segv\n")
    assert (found.deed, found.code) == (protocol.END, code)
    assert len(site.kept) == kept


def test_a_failure_makes_mail_wait_where_nothing_else_is_said(site: ServedSite) -> None:
    site.told("bad")
    with site.service():
        found = site.hand_in("bad scan does segv\n")
    assert (found.deed, found.code) == (protocol.END, 71)
    assert site.untouched


def test_what_others_find_stays(site: ServedSite) -> None:
    site.told("bad", "good", more='on_error = "accept"')
    with site.service():
        found = site.hand_in("bad scan does segv; good finds malware\n")
    assert (found.deed, found.code) == (protocol.END, 0)
    assert len(site.kept) == 1


def test_no_message_kills_more_than_three_workers(site: ServedSite) -> None:
    names = ("one", "two", "three", "four")
    site.told(*names, more='on_error = "accept"')
    with site.service() as running:
        found = site.hand_in("".join(f"{name} scan does segv\n" for name in names))
        assert (found.deed, found.code) == (protocol.END, 71)
        assert running.log.count("a worker was killed by SIGSEGV") == 3
        assert "in scan of three; the message is deferred" in running.log
        assert site.hand_in().deed == protocol.HAND_OVER


def test_two_plugins_that_kill_are_both_left_out(site: ServedSite) -> None:
    site.told("one", "two", more='on_error = "accept"')
    with site.service() as running:
        found = site.hand_in("one scan does segv\ntwo decide does kill\n")
        assert found.deed == protocol.HAND_OVER
        running.await_log("action=accept")
        assert "crash by one: scan" in running.log
        assert "crash by two: decide" in running.log


def test_a_message_that_kills_in_the_quarantine_is_not_answered_as_kept(site: ServedSite) -> None:
    """The keeper that kills is left out, so nobody has kept the message."""
    site.told("bad", service="workers = 1")
    (site.folder / "killer.py").write_text(
        "import os, signal\nfrom qsfilter.builtin.quarantine import Quarantine\n"
        "def kill(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    more = "import killer\nkiller.Quarantine.deliver.__code__ = killer.kill.__code__\n"
    more += "killer.Quarantine.deliver.__globals__.update(os=killer.os, signal=killer.signal)\n"
    with site.service(more=more) as running:
        found = site.hand_in("bad finds malware\n")
        assert (found.deed, found.code) == (protocol.END, 71)
        assert "in deliver of quarantine" in running.log
    assert site.untouched


def test_others_are_answered_meanwhile(site: ServedSite) -> None:
    site.told("bad", more='on_error = "accept"', service="workers = 3\nwaiting = 30")
    with site.service() as running, ThreadPoolExecutor(8) as pool:
        bodies = [f"{'calm' if number % 5 else 'bad scan does segv'} {number}\n" for number in range(60)]
        answers = list(pool.map(site.hand_in, bodies))
        assert [answer.deed for answer in answers] == [protocol.HAND_OVER] * 60
        running.await_log("action=accept", times=60)
        assert running.log.count("action=accept") == 60


# --- the poison guard -------------------------------------------------------------------------------------------------


def test_a_message_that_kills_each_time_is_given_up(site: ServedSite) -> None:
    """Its plugin says "defer", so it would come again for days."""
    site.told("bad", tables="[attempts]\nmost = 3\n")
    with site.service() as running:
        codes = [site.hand_in("bad scan does segv\n").code for _ in range(3)]
        assert codes == [71, 71, 0]
        running.await_log("failure poison")
        assert "scan of bad" in running.log[running.log.index("failure poison") :]
        assert site.hand_in().deed == protocol.HAND_OVER
    assert [kept.read_bytes() for kept in site.kept] == [message(b"bad scan does segv\n")]


def test_a_message_for_which_the_whole_service_is_killed_is_given_up_too(site: ServedSite) -> None:
    """As by whoever watches the machine's memory: nobody is left to count."""
    site.told("bad", service="workers = 2", tables="[attempts]\nmost = 2\n")
    running = site.service(grace=60.0)
    for _ in range(2):
        running.start()
        connection = hand_in_only(running.socket, message(b"bad scan does stop\n"), site.envelope)
        until(lambda: any(state(pid) == "T" for pid in running.workers))
        workers = running.workers
        running.kill()
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(OSError, match=r"closed|reset|Broken"):
            take_answer(connection)
        connection.close()
    with running:
        assert "killed when it examined the message" in running.log
        assert site.hand_in("bad scan does stop\n").code == 0
        running.await_log("failure poison")
        assert "scan of bad" in running.log[running.log.index("failure poison") :]
    assert [kept.read_bytes() for kept in site.kept] == [message(b"bad scan does stop\n")]


def test_what_workers_are_at_leaves_nothing_behind_in_the_end(site: ServedSite) -> None:
    site.told("bad")
    with site.service() as running:
        assert site.hand_in().deed == protocol.HAND_OVER
        running.reload()
        running.await_log("serving by the new configuration")
    assert not [*(site.folder / "service").glob("**/in-hand.*")]
    assert not [path for path in (site.folder / "spool" / "attempts").glob("*/*") if path.is_file()]


# --- a worker that does not come back ---------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["sleep", "compute"])
def test_a_plugin_that_can_be_interrupted_costs_no_worker(site: ServedSite, act: str) -> None:
    site.told("bad", more='on_error = "accept"\ntimeout = 0.2')
    with site.service() as running:
        before = running.workers
        assert site.hand_in(f"bad scan does {act}\n").deed == protocol.HAND_OVER
        running.await_log("failure timeout")
        assert sorted(running.workers) == sorted(before)


@pytest.mark.parametrize("act", ["native", "spin", "swallow", "stop"])
def test_workers_that_do_not_come_back_are_killed(site: ServedSite, act: str) -> None:
    """Several at one time, whatever the plugin was asked, and the one who has nothing to do is not."""
    hooks = ("parse", "scan", "report")
    site.told("bad", more='on_error = "accept"\ntimeout = 0.2', service="workers = 4")
    with site.service() as running, ThreadPoolExecutor(len(hooks)) as pool:
        before = set(running.workers)
        answers = list(pool.map(site.hand_in, [f"bad {hook} does {act}\n" for hook in hooks]))
        assert [answer.deed for answer in answers] == [protocol.HAND_OVER] * len(hooks)
        running.await_log("action=accept", times=len(hooks))
        for hook in hooks:
            assert f"a worker did not come back in time in {hook} of bad" in running.log
            assert f"crash by bad: {hook}: the process did not come back in time" in running.log
        assert before & set(running.workers)


def test_processor_time_is_bounded(site: ServedSite) -> None:
    """By the machine, which counts that of all threads: nobody has to come back for that."""
    site.told("bad", tables="[limits]\nseconds = 1\n", more='on_error = "accept"')
    with site.service(grace=30) as running:
        found = site.hand_in("bad scan does spin\n")
        assert (found.deed, found.code) == (protocol.END, 71)
        assert "was killed by SIGXCPU in scan of bad" in running.log
        assert site.hand_in().deed == protocol.HAND_OVER


def test_memory_is_bounded_and_given_back(site: ServedSite) -> None:
    site.told("bad", more='on_error = "accept"', service="workers = 1", tables="[limits]\nmemory_bytes = 400_000_000\n")
    with site.service() as running:
        for number in range(4):
            assert site.hand_in(f"bad scan does fill\n{number}\n").deed == protocol.HAND_OVER
            assert site.hand_in().deed == protocol.HAND_OVER
        running.await_log("action=accept", times=8)
        assert running.log.count('findings="failure memory"') == 4
        assert "error=" not in running.log


def test_a_process_that_a_plugin_forks_does_not_answer(site: ServedSite) -> None:
    site.told("bad", service="workers = 1")
    with site.service() as running:
        for hook in HOOKS:
            assert site.hand_in(f"bad {hook} does fork\n").deed == protocol.HAND_OVER
        running.await_log("action=accept", times=len(HOOKS))
        assert site.hand_in().deed == protocol.HAND_OVER
        running.await_log("action=accept", times=len(HOOKS) + 1)
        assert running.log.count("action=accept") == len(HOOKS) + 1
        (worker,) = running.workers
        until(lambda: not live_children(worker))


def live_children(pid: int) -> list[int]:
    """Return the children of PID that have not ended; those of a plugin wait for nobody else to be reaped."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        children = [int(number) for number in file.read().split()]
    return [child for child in children if state(child) != "Z"]


def state(pid: int) -> str:
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        return file.read().rpartition(")")[2].split()[0]


# --- starting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hook", ["start", "about"])
@pytest.mark.parametrize("act", ["segv", "exit", "native"])
def test_a_plugin_that_kills_where_it_starts_is_left_out(site: ServedSite, hook: str, act: str) -> None:
    site.told("good", "bad", "also", more='on_error = "accept"', tables="[limits]\nseconds = 1\n")
    site.at_start(f"bad {hook} does {act}\n")
    with site.service() as running:
        assert site.hand_in("good finds malware\n").code == 0
        running.await_log("action=quarantine")
        assert f"in {hook} of bad" in running.log
        assert "crash by bad: a worker" in running.log
        assert running.log.count("\nqsfilter: a worker ") <= 8, running.log
    assert len(site.kept) == 1


def test_a_plugin_that_fails_to_start_is_told_and_tried_again(site: ServedSite) -> None:
    site.told("good", "bad", more='on_error = "accept"')
    site.at_start("bad start does fail\n")
    with site.service(more="worker.BROKEN_SECONDS = 0.5") as running:
        assert site.hand_in().deed == protocol.HAND_OVER
        running.await_log("plugin bad does not start")
        (site.folder / "at-start").unlink()
        before = set(running.workers)
        until(lambda: before.isdisjoint(running.workers) and len(running.workers) == 2)
        at = len(running.log)
        assert site.hand_in().deed == protocol.HAND_OVER
        running.await_log("action=accept", times=2)
        assert "failures=" not in running.log[at:]


def test_a_message_survives_that_its_second_worker_dies_while_it_starts(site: ServedSite) -> None:
    site.told("good", "bad", more='on_error = "accept"', service="workers = 1")
    with site.service() as running:
        assert site.hand_in().deed == protocol.HAND_OVER  # the first worker has started
        site.at_start("bad start does segv\n")
        assert site.hand_in("good report does segv\n").deed == protocol.HAND_OVER
        running.await_log("action=accept", times=2)
        assert "in start of bad; the message is examined again" in running.log
        assert "crash by good: report" in running.log
        assert "crash by bad: start" in running.log


def test_a_message_that_is_killed_before_anybody_is_asked_is_deferred(site: ServedSite) -> None:
    """Nobody is to blame, so there is nobody to leave out."""
    site.told("bad", service="workers = 1")
    more = "import os, qsfilter.queue.contract as c\n"
    more += (
        "was = c.parse_envelope\nc.parse_envelope = lambda e: os.kill(os.getpid(), 9) if b'kill@' in e else was(e)\n"
    )
    with site.service(more=more) as running:
        found = hand_in(running.socket, site.clean, b"Fkill@example.org\0Tb@example.com\0\0")
        assert (found.deed, found.code) == (protocol.END, 71)
        assert "a worker was killed by SIGKILL; the message is deferred" in running.log
        assert site.hand_in().deed == protocol.HAND_OVER
