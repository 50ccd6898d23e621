"""Stopped, killed, halted in mid-message, replaced: what was accepted is handed over or kept, and nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from qsfilter.queue import protocol
from qsfilter.testing.messages import message
from qsfilter.testing.service import hand_in_only, take_answer, until
from tests.process.service_place import ServedSite, descriptors

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from qsfilter.testing.service import RunningService


@pytest.fixture
def site(tmp_path: Path) -> ServedSite:
    return ServedSite(tmp_path)


def has_ended(pid: int) -> bool:
    """Whether the process PID is no more; one that nobody reaps is none."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def handed_in(running: RunningService, site: ServedSite, *bodies: str) -> list[socket.socket]:
    """Hand messages in, and return the connections."""
    return [hand_in_only(running.socket, message(body.encode()), site.envelope) for body in bodies]


# --- the end ----------------------------------------------------------------------------------------------------------


def test_what_is_in_hand_and_what_waits_is_finished_first(site: ServedSite) -> None:
    site.told("bad", service="workers = 1\nwaiting = 8")
    with site.service() as running, ExitStack() as stack:
        path = running.socket
        waiting = handed_in(running, site, *["bad scan does wait\n"] * 4)
        for connection in waiting:
            stack.enter_context(connection)
        workers = running.workers
        assert running.stop() == 0
        assert [take_answer(one).deed for one in waiting] == [protocol.HAND_OVER] * 4
        assert not os.path.lexists(path)
        assert all(has_ended(pid) for pid in workers)
        assert running.log.endswith("qsfilter: stopped\n")


def test_who_comes_later_is_told_that_nobody_is_there(site: ServedSite) -> None:
    with site.service() as running:
        assert running.stop() == 0
    answer = site.call(site.clean)
    assert answer.code == 71
    assert "the filter is not running" in answer.log
    assert site.untouched


def test_who_comes_later_may_be_served_without_a_service(site: ServedSite) -> None:
    site.configure(service='fallback = "in-process"')
    with site.service() as running:
        assert running.stop() == 0
    assert site.call(site.clean).accepted
    assert site.queued() == (site.clean, site.envelope_sent)
    assert site.call(site.infected).accepted
    assert [kept.read_bytes() for kept in site.kept] == [site.infected]


@pytest.mark.parametrize("act", ["segv", "native"])
def test_a_worker_that_dies_at_the_end_leaves_no_message_behind(site: ServedSite, act: str) -> None:
    site.told("bad", more='on_error = "accept"\ntimeout = 0.5')
    with site.service() as running:
        (one,) = handed_in(running, site, f"bad scan does wait\nbad decide does {act}\n")
        with one:
            time.sleep(0.1)
            assert running.stop() == 0
            assert take_answer(one).deed == protocol.HAND_OVER


def test_workers_ignore_what_is_for_the_master(site: ServedSite) -> None:
    """A terminal and systemd send a signal to all of them."""
    site.told("bad")
    with site.service() as running:
        (one,) = handed_in(running, site, "bad scan does wait\n")
        with one:
            before = running.workers
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                for pid in before:
                    os.kill(pid, number)
            assert take_answer(one).deed == protocol.HAND_OVER
            assert site.hand_in().deed == protocol.HAND_OVER
            assert sorted(running.workers) == sorted(before)


# --- a master that is killed ------------------------------------------------------------------------------------------


def test_workers_finish_and_end_after_a_master_that_was_killed(site: ServedSite) -> None:
    site.told("bad")
    with site.service() as running:
        workers = running.workers
        (one,) = handed_in(running, site, "bad scan does wait\n")
        with one:
            time.sleep(0.1)
            running.kill()
            assert take_answer(one).deed == protocol.HAND_OVER
        until(lambda: all(has_ended(pid) for pid in workers))
        assert os.path.lexists(running.socket)
        assert site.call(site.clean).code == 71
        running.start()
        assert site.hand_in().deed == protocol.HAND_OVER


def test_two_services_never_share_a_socket(site: ServedSite) -> None:
    with site.service() as running:
        second = site.service()
        with pytest.raises(RuntimeError, match="another service listens"):
            second.start()
        assert site.hand_in().deed == protocol.HAND_OVER
        assert running.stop() == 0


def test_a_folder_that_others_can_write_to_is_refused(site: ServedSite) -> None:
    (site.folder / "run").mkdir()
    (site.folder / "run").chmod(0o777)
    with pytest.raises(RuntimeError, match="can be written by others"):
        site.service().start()


def test_restarts_under_load_lose_nothing(site: ServedSite) -> None:
    """Four senders; where nobody is there the wrapper does it itself. Accepted is handed over or kept, and once."""
    site.configure(service='fallback = "in-process"\nwaiting = 2')
    stopped = threading.Event()
    accepted: set[bytes] = set()

    def send(sender: int) -> None:
        number = 0
        while not stopped.is_set():
            number += 1
            raw = (site.clean if number % 3 else site.infected) + b"%d of %d\n" % (number, sender)
            answer = site.call(raw)
            assert answer.code in {0, 71}, answer
            if answer.accepted:
                accepted.add(raw)

    def more_are_accepted() -> None:
        before = len(accepted)
        until(lambda: len(accepted) >= before + 4 or any(one.done() for one in sending))

    with ThreadPoolExecutor(4) as pool, ExitStack() as stack:
        running = stack.push(site.service())
        stack.callback(stopped.set)
        sending = [pool.submit(send, sender) for sender in range(4)]
        for turn in range(4):
            running.start()
            more_are_accepted()
            running.stop() if turn % 2 else running.kill()
            more_are_accepted()
        stopped.set()
        for one in sending:
            one.result(60)
    found = [site.without_our_lines(taken.message) for taken in site.queue.queued]
    found += [kept.read_bytes() for kept in site.kept]
    assert len(found) == len(set(found))
    assert accepted <= set(found)


# --- replaced in time -------------------------------------------------------------------------------------------------


def test_a_worker_is_replaced_after_its_share(site: ServedSite) -> None:
    site.configure(service="messages = 10\nwaiting = 16")
    with site.service() as running, ThreadPoolExecutor(4) as pool:
        before = running.workers
        answers = list(pool.map(lambda number: site.hand_in(f"{number}\n"), range(100)))
        assert [answer.deed for answer in answers] == [protocol.HAND_OVER] * 100
        until(lambda: not set(before) & set(running.workers))
        assert "a worker" not in running.log


def test_a_worker_that_has_grown_is_replaced(site: ServedSite) -> None:
    rules = site.folder / "rules.py"
    rules.write_text(
        "from qsfilter import *\nkept = []\n"
        '@rule("leaks")\ndef _(message):\n    kept.append(bytes(range(256)) * 2048)\n'
    )
    site.configure(f'[rules]\nfiles = ["{rules}"]\n', service="workers = 1\ngrown_bytes = 20_000_000")
    with site.service(more="worker.COLLECT_EVERY = 5") as running:
        (before,) = running.workers
        for number in range(120):
            assert site.hand_in(f"{number}\n").deed == protocol.HAND_OVER
        until(lambda: before not in running.workers)
        assert "a worker" not in running.log


def test_nothing_piles_up(site: ServedSite) -> None:
    """No descriptors and no processes that have ended, whatever came."""
    site.told("bad", more='on_error = "accept"', service="workers = 1\nwaiting = 16")
    with site.service() as running:
        kinds = ["calm\n", "bad finds malware\n", "bad scan does fail\n", "bad report does fork\n"]
        for body in kinds:
            site.hand_in(body)
        (worker,) = running.workers
        # While it closes those of the last message, it has more.
        counts = min((descriptors(running.pid), descriptors(worker)) for _ in range(20) if not time.sleep(0.01))
        for number in range(300):
            site.hand_in(f"{kinds[number % 3]}{number}\n")
        running.reload()
        running.await_log("serving by the new configuration")
        for number in range(5):
            site.hand_in(f"bad scan does segv {number}\n")
        until(lambda: len(running.workers) == 1)
        (other,) = running.workers
        assert site.hand_in().deed == protocol.HAND_OVER
        until(lambda: (descriptors(running.pid), descriptors(other)) == counts, 10)


def test_slow_senders_delay_nobody(site: ServedSite) -> None:
    """Twenty that type for a while; the two workers know nothing of them until they are done."""
    site.configure(service="waiting = 32")
    slow = [Typing(site) for _ in range(20)]
    with site.service():
        for one in slow:
            one.start()
        try:
            for number in range(40):
                assert site.hand_in(f"{number}\n").deed == protocol.HAND_OVER
            assert site.call(site.clean).accepted
            assert all(one.is_typing for one in slow)
        finally:
            for one in slow:
                one.done.set()
        for one in slow:
            one.join(60)
        assert [one.code for one in slow] == [0] * 20
    assert len(site.queue.queued) == 21


class Typing(threading.Thread):
    """A sender who types until told to be done."""

    def __init__(self, site: ServedSite) -> None:
        """Start the wrapper, as qmail-smtpd does before the sender types."""
        super().__init__(daemon=True)
        self.done = threading.Event()
        self.code: int | None = None
        self._site = site
        message_out, self._message = os.pipe()
        envelope_out, self._envelope = os.pipe()
        self._process = subprocess.Popen([site.wrapper], stdin=message_out, stdout=envelope_out, env=site.environment())
        os.close(message_out)
        os.close(envelope_out)

    @property
    def is_typing(self) -> bool:
        """Whether the wrapper still waits for more."""
        return self._process.poll() is None

    def run(self) -> None:
        """Type."""
        with open(self._message, "wb", buffering=0) as file:
            for octet in self._site.clean * 1000:
                file.write(bytes([octet]))
                if self.done.wait(0.01):
                    break
        with open(self._envelope, "wb", buffering=0) as file:
            file.write(self._site.envelope_sent)
        self.code = self._process.wait(60)
