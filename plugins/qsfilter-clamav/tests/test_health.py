"""Several servers: who is asked first, who is left out and for how long, and who is tried again."""

from __future__ import annotations

import collections
import os
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Filter, Kind
from qsfilter.testing import attachment, eicar, examine, message
from qsfilter.testing.clamd_server import ClamdServer
from qsfilter.testing.fake_clamd import FakeClamd
from qsfilter_clamav import ClamAV, pool
from qsfilter_clamav.choice import plain
from qsfilter_clamav.health import LONGEST_PAUSE_SECONDS, PAUSE_SECONDS, Health, drawn
from qsfilter_clamav.pool import Pool
from qsfilter_clamav.servers import parse
from qsfilter_clamav.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qsfilter_clamav.servers import Server

pytestmark = pytest.mark.usefixtures("descriptors")
LARGE = message(attachment(os.urandom(8_000_000), "x"), attachment(eicar(), "e.com"))
"""It takes clamd longer than to be stopped."""
BAD = message(attachment(eicar(), "e.com"), attachment(os.urandom(2_000), "x"))


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def servers(*weights: int) -> list[Server]:
    return [
        parse({"address": f"tcp:192.0.2.{number}:3310", "weight": weight}) for number, weight in enumerate(weights, 1)
    ]


def shown(order: list[Server]) -> str:
    return "".join(server.host[-1] for server in order)


def test_without_weights_the_order_is_that_of_the_option() -> None:
    """The second is for when the first fails."""
    assert {shown(Health(servers(0, 0, 0)).order()) for _ in range(20)} == {"123"}


@pytest.mark.parametrize(("place", "expected"), [(0, "2314"), (1, "2314"), (2, "3214")])
def test_those_with_a_weight_share_the_mail(place: int, expected: str) -> None:
    """Those without come behind, in their order."""
    assert shown(Health(servers(0, 2, 1, 0), draw=lambda _most: place).order()) == expected


def test_the_shares_are_as_the_weights() -> None:
    """In the long run."""
    health = Health(servers(3, 1, 0))
    counted = collections.Counter(shown(health.order())[0] for _ in range(4_000))
    assert set(counted) == {"1", "2"}
    assert 2 < counted["1"] / counted["2"] < 4.5
    assert {drawn(3) for _ in range(200)} == {0, 1, 2}


def test_one_that_failed_is_left_out_for_a_time_that_doubles() -> None:
    """Up to a bound; one message tries it then, and an answer makes all well."""
    clock = Clock()
    health = Health(servers(0, 0), clock=clock)
    first = health.order()[0]
    pause = PAUSE_SECONDS
    for _ in range(20):
        health.begins(first)
        health.failed(first)
        clock.now += pause - 0.01
        assert shown(health.order()) == "21"
        clock.now += 0.02
        assert shown(health.order()) == "12"
        assert health.is_doubtful(first)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
    health.begins(first)
    assert shown(health.order()) == "21"  # while one message tries it, another one does not
    health.answered(first)
    assert shown(health.order()) == "12"
    assert not health.is_doubtful(first)


def test_where_all_failed_the_one_that_is_ready_first_is_asked_first() -> None:
    """There is always one to ask."""
    clock = Clock()
    health = Health(servers(0, 0, 5), clock=clock)
    one, two, three = sorted(health.order(), key=str)
    for server in (two, one, three, two):
        health.failed(server)
        clock.now += 0.1
    assert shown(health.order()) == "132"


@given(
    weights=st.lists(st.integers(0, 3), min_size=1, max_size=4),
    steps=st.lists(st.tuples(st.integers(0, 3), st.sampled_from("bfaw")), max_size=30),
)
def test_every_server_is_always_in_the_order_once(weights: list[int], steps: list[tuple[int, str]]) -> None:
    """Whatever has happened; those that are well come first."""
    clock = Clock()
    known = servers(*weights)
    health = Health(known, clock=clock)
    for index, step in steps:
        server = known[index % len(known)]
        if step == "w":
            clock.now += 7.0
        else:
            {"b": health.begins, "f": health.failed, "a": health.answered}[step](server)
    order = health.order()
    assert sorted(order, key=str) == sorted(known, key=str)
    well = [not health.is_doubtful(server) for server in order]
    assert all(well) or any(health.is_doubtful(server) for server in order)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[ClamdServer, ClamdServer]]:
    """Run two clamds, either of which a test may stop."""
    with ClamdServer(tmp_path / "a") as first, ClamdServer(tmp_path / "b") as second:
        yield first, second


def both(two: tuple[ClamdServer, ClamdServer], *weights: int, seconds: float = 10.0) -> ClamAV:
    entries = zip(two, weights or (0, 0), strict=True)
    return ClamAV(
        servers=tuple({"address": f"unix:{server.socket}", "weight": weight} for server, weight in entries),
        seconds=seconds,
    )


def kinds(plugin: ClamAV, raw: bytes = BAD) -> set[Kind]:
    return {found.kind for found in examine(Filter(plugin), raw).findings}


@pytest.mark.servers
@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_one_of_two_fails_in_the_middle(
    two: tuple[ClamdServer, ClamdServer], how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one scans what is left, and the next messages at once; then the first one is back."""
    clock = Clock()
    plugin = both(two, seconds=4.0)
    plugin._pool._health = Health(tuple(map(parse, plugin.servers)), clock=clock)
    exchange = Session._exchange
    process = two[0].process
    assert process is not None
    done = threading.Event()

    def fails(session: Session, deadline: float) -> None:
        if not done.is_set():
            done.set()
            two[0].kill() if how == "killed" else process.send_signal(signal.SIGSTOP)
        exchange(session, deadline)

    monkeypatch.setattr(Session, "_exchange", fails)
    try:
        assert kinds(plugin, LARGE) == {Kind.MALWARE, Kind.NOTE}
        assert done.is_set()
        for _ in range(20):
            assert kinds(plugin) == {Kind.MALWARE}  # and no note: the first is not even tried
        clock.now += PAUSE_SECONDS
        assert kinds(plugin) == {Kind.MALWARE, Kind.NOTE}  # tried, and left out for longer
        clock.now += PAUSE_SECONDS
        assert kinds(plugin) == {Kind.MALWARE}
    finally:
        if how == "stopped":
            process.send_signal(signal.SIGCONT)
    if how == "killed":
        two[0].start()
    two[1].kill()
    clock.now += 2 * PAUSE_SECONDS
    assert kinds(plugin) == {Kind.MALWARE}


@pytest.mark.servers
def test_both_fail_and_come_back(two: tuple[ClamdServer, ClamdServer]) -> None:
    """No time is waited for: where there is no other, a server that is left out is asked."""
    plugin = both(two, 1, 1)
    assert kinds(plugin) == {Kind.MALWARE}
    two[0].kill()
    two[1].kill()
    for _ in range(3):
        report = examine(Filter(plugin), BAD)
        assert [(one.kind, one.name) for one in report.findings] == [(Kind.FAILURE, "not-scanned")]
        assert str(report.decision.action) == "defer"
    two[1].start()
    assert kinds(plugin) - {Kind.NOTE} == {Kind.MALWARE}


def test_mail_is_spread_over_servers_with_weights(tmp_path: Path) -> None:
    """And a session with each is kept."""
    with FakeClamd(str(tmp_path / "a")) as one, FakeClamd(str(tmp_path / "b")) as two, FakeClamd() as spare:
        entries = ({"address": one.name, "weight": 1}, {"address": two.name, "weight": 1}, spare.name)
        plugin = ClamAV(servers=entries, seconds=5)
        for _ in range(60):
            assert kinds(plugin) == {Kind.MALWARE}
        assert min(len(one.contents), len(two.contents)) >= 3 * 10
        assert (one.connections, two.connections, spare.connections) == (1, 1, 0)


def test_a_trial_takes_no_longer_than_it_should(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that hangs has cost one message its share of the time; the trial costs the next one less."""
    monkeypatch.setattr(pool, "TRIAL_SECONDS", 0.2)
    clock = Clock()
    with FakeClamd(str(tmp_path / "a")) as hangs, FakeClamd(str(tmp_path / "b")) as well:
        hangs.on_connect = lambda _connection: hangs.wait()
        known = (parse(hangs.name), parse(well.name))
        asked = Pool(known, health=Health(known, clock=clock))
        blob = examine(Filter(), BAD).message.root.blob
        for seconds in (1.0, 60.0):
            started = time.monotonic()
            found = asked.ask(plain(blob), started + seconds)
            assert (len(found.answers), len(found.troubles)) == (1, 1)
            assert time.monotonic() - started < 10
            clock.now += PAUSE_SECONDS
        hangs._stopped.set()


def test_a_message_without_time_is_no_server_s_fault(tmp_path: Path) -> None:
    """Nor is it clean."""
    with FakeClamd(str(tmp_path / "a")) as one:
        known = (parse(one.name), parse("tcp:127.0.0.1:1"))
        asked = Pool(known)
        blob = examine(Filter(), BAD).message.root.blob
        found = asked.ask(plain(blob), time.monotonic() - 1)
        assert (found.answers, found.missing, len(found.troubles)) == ({}, [blob], 2)
        assert not any(map(asked._health.is_doubtful, known))
