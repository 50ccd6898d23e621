"""Whoever connects, and whatever is sent: the service answers the next good message, and nothing of it stays behind."""

from __future__ import annotations

import array
import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter.queue import protocol
from qsfilter.testing.messages import message
from qsfilter.testing.service import PAGE, connected, hand_in, hand_in_only, read_only, take_answer, until
from tests.process.conftest import Site
from tests.process.service_place import ServedSite, answered, descriptors, files, request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qsfilter.testing.service import RunningService

ENVELOPE = Site.envelope_sent
CLEAN = Site.clean


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> ServedSite:
    made = ServedSite(tmp_path_factory.mktemp("site"))
    made.told("bad", service="workers = 1\nwaiting = 20", more='on_error = "accept"')
    return made


@pytest.fixture(scope="module")
def running(site: ServedSite) -> Iterator[RunningService]:
    """One service, with one worker that nothing here ends."""
    with site.service(more="worker.REQUEST_SECONDS = 0.2") as running:
        yield running


@pytest.fixture(scope="module")
def idle(running: RunningService) -> tuple[int, int]:
    """The worker, and how many descriptors it has when it does nothing."""
    (worker,) = running.workers
    assert hand_in(running.socket, CLEAN, ENVELOPE).deed == protocol.HAND_OVER
    return worker, min(number for _ in range(10) if (number := descriptors(worker)) and not _pause())


@pytest.fixture(autouse=True)
def _goes_on(running: RunningService, idle: tuple[int, int]) -> Iterator[None]:
    """After each test the same worker answers a good message, and has no more descriptors than before."""
    worker, count = idle
    yield
    assert hand_in(running.socket, CLEAN, ENVELOPE).deed == protocol.HAND_OVER
    assert running.workers == [worker]
    until(lambda: descriptors(worker) == count, 10)


# --- what is sent -----------------------------------------------------------------------------------------------------

NONSENSE = {
    "another magic": request(magic=b"qmail-sm"),
    "another version": request(version=2),
    "version 0": request(version=0),
    "too long": request(length=protocol.LONGEST_REQUEST + 1),
    "as long as can be": request(length=2**32 - 1),
    "no sizes": request(usual=False),
    "no records": request(usual=False, length=0),
    "more than it says": request() + b"env.RELAYCLIENT=\0",
    "unknown record": request(b"color=green"),
    "unknown variable": request(b"env.LD_PRELOAD=x"),
    "no name": request(b""),
    "no number": request(b"size=many"),
    "negative": request(b"size=-1"),
    "a sign": request(b"size=+1"),
    "huge": request(b"size=999999999999999"),
    "more than huge": request(b"size=" + b"9" * 400),
    "beyond the end": request(b"size=%d" % (len(CLEAN) + 1)),
    "offset beyond the end": request(b"offset=1000000"),
    "envelope beyond the end": request(b"envelope=%d" % (len(ENVELOPE) + 1)),
    "half an envelope": request(b"envelope=%d" % (len(ENVELOPE) - 1)),
    "no envelope": request(b"envelope=0"),
    "HTTP": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "zeros": bytes(100_000),
}


@pytest.mark.parametrize("data", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_refused(running: RunningService, data: bytes) -> None:
    found = answered(running, data)
    assert found is None or (found.deed, found.code) in {(protocol.END, code) for code in (71, 54)}


@pytest.mark.parametrize("size", [0, 1, 8, 15, 16, 17, 40, len(request()) - 1])
@pytest.mark.parametrize("passed", [True, False])
def test_half_a_request_is_no_message(running: RunningService, size: int, passed: bool) -> None:
    found = answered(running, request()[:size], None if passed and size else [], ends=True)
    assert found is None or found.code == 71


@given(data=st.binary(max_size=200), head=st.sampled_from([b"", request()[:12], request()[:16], request()[:-1]]))
def test_octets_at_random(running: RunningService, data: bytes, head: bytes) -> None:
    found = answered(running, (head + data) or b"x", ends=True)
    assert found is None or found.code == 71 or found.deed == protocol.HAND_OVER


def test_a_request_in_many_pieces_is_a_request(running: RunningService) -> None:
    with connected(running.socket) as connection:
        data, numbers = request(), files()
        socket.send_fds(connection, [data[:1]], numbers)
        for octet in data[1:]:
            connection.send(bytes([octet]))
        for number in numbers:
            os.close(number)
        assert take_answer(connection).deed == protocol.HAND_OVER


def test_a_long_environment_is_taken(running: RunningService) -> None:
    """All variables there are, and each as long as can be."""
    environment = dict.fromkeys(protocol.FORWARDED, b"\xff" * 5000)
    assert hand_in(running.socket, CLEAN, ENVELOPE, environment).deed == protocol.HAND_OVER


# --- descriptors ------------------------------------------------------------------------------------------------------


def writable() -> int:
    number = os.memfd_create("x")
    os.write(number, bytes(PAGE) + CLEAN)
    return number


def pipe() -> int:
    out, into = os.pipe()
    os.close(into)
    return out


def by_path_only() -> int:
    number = writable()
    try:
        return os.open(f"/proc/self/fd/{number}", os.O_PATH)
    finally:
        os.close(number)


WRONG: dict[str, Callable[[], int]] = {
    "writable": writable,
    "named": lambda: os.open(__file__, os.O_RDONLY),
    "folder": lambda: os.open("/", os.O_RDONLY),
    "pipe": pipe,
    "zeros": lambda: os.open("/dev/zero", os.O_RDONLY),
    "of proc": lambda: os.open("/proc/self/status", os.O_RDONLY),
    "socket": lambda: socket.socket(socket.AF_UNIX).detach(),
    "short": lambda: read_only(bytes(PAGE) + CLEAN[:-1]),
}


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_descriptor_is_refused(running: RunningService, wrong: Callable[[], int], which: int) -> None:
    numbers = files()
    os.close(numbers[which])
    numbers[which] = wrong()
    # As long as the file of the message, so that what is short as a message is so as an envelope.
    data = request(b"envelope=%d" % (PAGE + len(CLEAN))) if which else request()
    found = answered(running, data, numbers)
    assert found is not None
    assert (found.deed, found.code) == (protocol.END, 71)


def test_a_descriptor_that_cant_be_read_is_refused(running: RunningService) -> None:
    found = answered(running, request(), [by_path_only(), read_only(ENVELOPE)])
    assert found is not None
    assert (found.deed, found.code) == (protocol.END, 71)


@pytest.mark.parametrize("number", [0, 1, 3, 4, 5, 50, 250])
def test_too_few_and_too_many_descriptors_are_refused(running: RunningService, number: int) -> None:
    found = answered(running, request(), [read_only(b"x") for _ in range(number)])
    assert found is None or found.code == 71


def test_descriptors_with_later_octets_are_not_kept(running: RunningService) -> None:
    with connected(running.socket) as connection:
        numbers = files()
        for octet in request():
            connection.sendmsg([bytes([octet])], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", numbers))])
        for number in numbers:
            os.close(number)
        assert take_answer(connection).deed == protocol.HAND_OVER


@pytest.mark.parametrize("size", [0, 1, PAGE, PAGE + 10])
def test_a_file_that_is_cut_while_it_is_examined_harms_nobody(running: RunningService, size: int) -> None:
    """Its bytes have been read before the first plugin is asked."""
    number = os.memfd_create("x")
    try:
        raw = message(b"bad scan does wait\n")
        os.write(number, bytes(PAGE) + raw)
        reopened = os.open(f"/proc/self/fd/{number}", os.O_RDONLY)
        with connected(running.socket) as connection:
            both = [reopened, read_only(ENVELOPE)]
            socket.send_fds(connection, [protocol.request(PAGE, len(raw), len(ENVELOPE), {})], both)
            for one in both:
                os.close(one)
            os.ftruncate(number, size)
            found = take_answer(connection)
        assert found.deed == protocol.HAND_OVER or found.code in {54, 71}
    finally:
        os.close(number)


# --- clients that go, and clients that stay ---------------------------------------------------------------------------


def test_silence_is_waited_for_but_not_for_long(running: RunningService) -> None:
    with ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(connected(running.socket))
        assert hand_in(running.socket, CLEAN, ENVELOPE).deed == protocol.HAND_OVER


def test_a_slow_request_is_not_waited_for_longer(running: RunningService) -> None:
    """Each octet comes in time, and the whole of it does not."""
    with connected(running.socket) as connection, pytest.raises((BrokenPipeError, ConnectionResetError)):
        _send_slowly(connection, request() * 100)
    assert "a worker did not come back" not in running.log


def _send_slowly(connection: socket.socket, data: bytes) -> None:
    for octet in data:
        connection.send(bytes([octet]))
        _pause()


def _pause() -> None:
    time.sleep(0.02)


@pytest.mark.parametrize("body", ["calm\n", "bad finds malware\n", "bad scan does wait\n", "bad report does wait\n"])
def test_who_does_not_wait_for_the_answer_holds_up_nobody(running: RunningService, body: str) -> None:
    for _ in range(10):
        hand_in_only(running.socket, message(body.encode()), ENVELOPE).close()


GONE = "error=the caller is gone"


def test_nothing_is_kept_for_who_is_gone(site: ServedSite, running: RunningService) -> None:
    """The sender tries again, so the copy would be one too many."""
    before, gone = len(site.kept), running.log.count(GONE)
    with hand_in_only(running.socket, message(b"bad scan does wait; bad finds malware\n"), ENVELOPE):
        _pause()
    running.await_log(GONE, times=gone + 1)
    assert len(site.kept) == before


def test_who_never_reads_the_answer_holds_up_nobody(running: RunningService) -> None:
    with ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(hand_in_only(running.socket, CLEAN, ENVELOPE))
        assert hand_in(running.socket, CLEAN, ENVELOPE).deed == protocol.HAND_OVER


def test_all_at_once(running: RunningService) -> None:
    """Good messages among everything above."""

    def send(number: int) -> None:
        if number % 2:
            with suppress(OSError):
                answered(running, list(NONSENSE.values())[number % len(NONSENSE)])
        else:
            assert hand_in(running.socket, CLEAN, ENVELOPE).deed == protocol.HAND_OVER

    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(send, range(100)))) == 100


def test_a_copy_of_the_log_has_no_line_ends_of_theirs(running: RunningService) -> None:
    envelope = b"Fa\nqsfilter: id=0 action=accept@example.org\0Tb@example.com\0\0"
    assert hand_in(running.socket, CLEAN, envelope).deed == protocol.HAND_OVER
    assert hand_in(running.socket, CLEAN, ENVELOPE).deed == protocol.HAND_OVER  # by now the one before is logged
    assert "\nqsfilter: id=0" not in running.log


def test_the_files_may_be_somewhere_else(running: RunningService) -> None:
    """A message past what is held in memory is in a file without a name on disk."""
    raw = message(b"x" * 70 + b"\n") + b"y\n" * 5_000_000
    assert hand_in(running.socket, raw, ENVELOPE).deed == protocol.HAND_OVER
