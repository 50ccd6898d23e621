"""Servers that are absent, slow, broken or lying: nothing they do makes a content clean.

Longer than most, as it is the list of all that a server can do wrong.
"""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qsfilter import Blob, Filter, Kind
from qsfilter.errors import OutOfTime
from qsfilter.testing import attachment, eicar, examine, message, part, zip_of
from qsfilter.testing.server_process import free_port
from qsfilter_clamav import ClamAV
from qsfilter_clamav.choice import plain
from qsfilter_clamav.pool import Pool
from qsfilter_clamav.replies import OK
from qsfilter_clamav.servers import parse
from qsfilter_clamav.session import LONGEST_REPLY, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from qsfilter import Finding
    from qsfilter.testing.fake_clamd import FakeClamd

pytestmark = pytest.mark.usefixtures("descriptors")
RAW = message(attachment(b"one", "1.bin"), attachment(b"two", "2.bin"))
BAD = message(attachment(eicar(), "e.com"), attachment(b"two", "2.bin"))


def findings(plugin: ClamAV, raw: bytes = RAW) -> list[Finding]:
    return list(examine(Filter(plugin), raw).findings)


def kinds(plugin: ClamAV, raw: bytes = RAW) -> list[Kind]:
    return [found.kind for found in findings(plugin, raw)]


BROKEN: dict[str, Callable[[int, str], bytes | None]] = {
    "closes": lambda _number, _place: None,
    "no number": lambda _number, place: b"%s: OK\0" % place.encode(),
    "another number": lambda number, place: b"%d: %s: OK\0" % (number + 50, place.encode()),
    "always the same number": lambda _number, place: b"2: %s: OK\0" % place.encode(),
    "another place": lambda number, place: b"%d: %s: OK\0" % (number, b"stream" if "[" in place else b"fd[9]"),
    "no place": lambda number, _place: b"%d: OK\0" % number,
    "a name": lambda number, place: b"%d: %s: Some OK\0" % (number, place.encode()),
    "found nothing": lambda number, place: b"%d: %s: FOUND\0" % (number, place.encode()),
    "a space": lambda number, place: b"%d: %s: OK \0" % (number, place.encode()),
    "a line end": lambda number, place: b"%d: %s: OK\n" % (number, place.encode()),
    "mixed up": lambda number, place: b"%d: 1: %s: OK\0" % (number, place.encode()),
    "octets": lambda _number, _place: b"\xff\xfe\x80garbage\0",
    "empty": lambda _number, _place: b"\0\0\0",
    "endless": lambda _number, _place: b"A" * (4 * LONGEST_REPLY),
    "timed out": lambda _number, _place: b"COMMAND READ TIMED OUT\n",
    "server error": lambda number, place: b"%d: %s: Can't allocate memory ERROR\0" % (number, place.encode()),
    "no descriptor": lambda number, _place: b"%d: No file descriptor received. ERROR\0" % number,
}


@pytest.mark.parametrize("transport", ["fake", "fake_tcp"])
@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_answer_is_a_failure(how: str, transport: str, request: pytest.FixtureRequest) -> None:
    """Whatever is wrong with it."""
    server: FakeClamd = request.getfixturevalue(transport)
    server.answer = lambda number, place, _content: BROKEN[how](number, place)
    (found,) = findings(ClamAV(servers=(server.name,), seconds=0.3))
    assert (found.kind, found.name) == (Kind.FAILURE, "not-scanned")
    assert server.name in found.detail


def test_an_answer_without_end_is_not_waited_for(fake: FakeClamd) -> None:
    """Memory is bounded too."""
    fake.answer = lambda *_: b"A" * (4 * LONGEST_REPLY)
    (found,) = findings(ClamAV(servers=(fake.name,), seconds=20))
    assert "not a reply" in found.detail


def test_half_an_answer_is_none(fake: FakeClamd) -> None:
    """Even if what came reads as OK."""

    def half(connection: socket.socket) -> None:
        connection.sendall(b"1: ClamAV 1.4.6\x002: fd[9]: OK")
        connection.shutdown(socket.SHUT_WR)
        fake.wait()

    fake.on_connect = half
    assert kinds(ClamAV(servers=(fake.name,), seconds=5)) == [Kind.FAILURE]


def test_answers_that_nobody_asked_for_make_a_session_doubtful(fake: FakeClamd) -> None:
    """A server that answers before it is asked may have mixed up more; an OK of it does not count."""
    fake.answer = lambda number, place, content: fake.usual(number, place, content) + b"77: fd[9]: OK\0"
    assert kinds(ClamAV(servers=(fake.name,), seconds=5)) == [Kind.FAILURE]


@pytest.mark.parametrize("said", ["OK", "Some.Name FOUND"])
def test_an_answer_to_what_was_not_sent_to_its_end_is_none(fake: FakeClamd, said: str) -> None:
    """Whatever is in the rest, the server can't know."""

    def hasty(connection: socket.socket) -> None:
        while b"INSTREAM" not in connection.recv(1 << 16):
            pass
        connection.sendall(f"1: ClamAV 1.4.6\x002: stream: {said}\0".encode())
        fake.wait()

    fake.on_connect = hasty
    raw = message(attachment(bytes(3_000_000), "x"))
    (found,) = findings(ClamAV(servers=(fake.name,), seconds=5, pass_descriptors=False, scan="raw"), raw)
    assert found.kind is Kind.FAILURE
    assert "not a reply" in found.detail


def test_malware_that_was_found_before_the_failure_is_reported(fake: FakeClamd) -> None:
    """And the rest is a failure."""

    def dies_after_malware(number: int, place: str, content: bytes) -> bytes | None:
        return fake.usual(number, place, content) if content == eicar() else None if content == b"two" else b""

    fake.answer = dies_after_malware
    found = findings(ClamAV(servers=(fake.name,), seconds=5), BAD)
    assert {one.kind for one in found} == {Kind.MALWARE, Kind.FAILURE}


@pytest.mark.parametrize("when", ["at once", "after the command"])
def test_a_server_that_closes_is_a_failure(fake: FakeClamd, when: str) -> None:
    """At any time."""
    if when == "at once":
        fake.on_connect = lambda connection: connection.shutdown(socket.SHUT_RDWR)
    else:
        fake.on_connect = lambda connection: (connection.recv(20), connection.shutdown(socket.SHUT_RDWR))
    assert kinds(ClamAV(servers=(fake.name,), seconds=5)) == [Kind.FAILURE]


@pytest.mark.parametrize("transport", ["fake", "fake_tcp"])
def test_a_silent_server_costs_no_more_than_the_time_given(transport: str, request: pytest.FixtureRequest) -> None:
    """It takes everything and answers nothing."""
    server: FakeClamd = request.getfixturevalue(transport)
    server.answer = lambda *_: b""
    started = time.monotonic()
    (found,) = findings(ClamAV(servers=(server.name,), seconds=0.4))
    assert found.kind is Kind.FAILURE
    assert "no answer in time" in found.detail
    assert 0.3 < time.monotonic() - started < 5


def test_a_server_that_answers_too_late_is_a_failure(fake: FakeClamd) -> None:
    """Its answer helps nobody any more, and the next message does not get it."""
    late = threading.Event()

    def waits(number: int, place: str, content: bytes) -> bytes:
        late.wait(20)
        return fake.usual(number, place, content)

    fake.answer = waits
    plugin = ClamAV(servers=(fake.name,), seconds=0.4)
    assert kinds(plugin) == [Kind.FAILURE]
    late.set()
    assert [kind for kind in kinds(plugin, BAD) if kind is not Kind.MALWARE] == []


def test_the_message_s_own_deadline_counts_too(fake: FakeClamd) -> None:
    """The plugin is done before the core's timer rings, so that what was found is told."""
    fake.answer = lambda number, place, content: fake.usual(number, place, content) if eicar() in content else b""
    started = time.monotonic()
    filter_ = Filter(ClamAV(servers=(fake.name,)))
    report = filter_.examine(BAD, examine(filter_, b"").message.envelope, deadline=time.monotonic() + 1)
    assert {found.kind for found in report.findings} == {Kind.MALWARE, Kind.FAILURE}
    assert time.monotonic() - started < 10


def test_no_server_at_all_is_a_failure_for_each_message_and_starting_is_none(tmp_path: Path) -> None:
    """When it is there, it is asked."""
    plugin = ClamAV(servers=(f"unix:{tmp_path}/none.sock",), seconds=5)
    chosen = Filter(plugin)
    chosen.start()
    assert chosen.setup.about[-1].engine
    report = examine(chosen, RAW)
    assert [(found.kind, found.name) for found in report.findings] == [(Kind.FAILURE, "not-scanned")]
    assert "No such file or directory" in report.findings[0].detail


def test_a_full_queue_of_connections_is_waited_for_and_then_a_failure(tmp_path: Path) -> None:
    """A unix socket has few places, Debian's 15; nobody takes these."""
    path = str(tmp_path / "full.sock")
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as first:
        listener.bind(path)
        listener.listen(0)
        first.connect(path)
        started = time.monotonic()
        (found,) = findings(ClamAV(servers=(f"unix:{path}",), seconds=0.4))
    assert "queue of connections was full" in found.detail
    assert 0.3 < time.monotonic() - started < 5


def test_a_port_where_nobody_listens_is_a_failure() -> None:
    """It is known at once."""
    assert kinds(ClamAV(servers=(f"tcp:127.0.0.1:{free_port()}",), seconds=5)) == [Kind.FAILURE]


@pytest.mark.parametrize("how", ["absent", "closes", "silent", "another number"])
def test_the_next_server_is_asked_where_one_fails(
    fake: FakeClamd, fake_tcp: FakeClamd, tmp_path: Path, how: str
) -> None:
    """And the report notes it; one that hangs leaves the other its share of the time."""
    first = f"unix:{tmp_path}/none.sock" if how == "absent" else fake.name
    fake.answer = lambda number, place, _content: b"" if how == "silent" else BROKEN[how](number, place)
    found = findings(ClamAV(servers=(first, fake_tcp.name), seconds=3), BAD)
    assert {one.kind for one in found} == {Kind.MALWARE, Kind.NOTE}
    assert next(one.name for one in found if one.kind is Kind.NOTE) == "server-failed"
    assert b"two" in fake_tcp.contents


def test_the_next_server_gets_only_what_was_not_answered(fake: FakeClamd, fake_tcp: FakeClamd) -> None:
    """An answer is an answer, wherever it came from."""
    fake.answer = lambda number, place, content: None if content == b"two" else fake.usual(number, place, content)
    assert kinds(ClamAV(servers=(fake.name, fake_tcp.name), seconds=5)) == [Kind.NOTE]
    assert fake_tcp.contents == [b"two"]


def test_a_server_that_failed_is_asked_last_for_a_while(fake: FakeClamd, fake_tcp: FakeClamd) -> None:
    """So that it costs the time once."""
    fake.answer = lambda *_: None
    plugin = ClamAV(servers=(fake.name, fake_tcp.name), seconds=5)
    assert kinds(plugin) == [Kind.NOTE]
    assert kinds(plugin) == []
    assert fake.connections == 1


def test_where_all_fail_all_are_named(fake: FakeClamd, fake_tcp: FakeClamd) -> None:
    """For whoever reads the log."""
    fake.answer = fake_tcp.answer = lambda *_: None
    (found,) = findings(ClamAV(servers=(fake.name, fake_tcp.name), seconds=5))
    assert fake.name in found.detail
    assert fake_tcp.name in found.detail


def test_a_server_that_does_not_tell_its_version_is_asked_without(fake: FakeClamd) -> None:
    """It closes the connection when asked (EnableVersionCommand no), so there is a second one."""
    fake.version = None
    plugin = ClamAV(servers=(fake.name,), seconds=5)
    assert kinds(plugin, BAD).count(Kind.FAILURE) == 0
    assert kinds(plugin, BAD).count(Kind.FAILURE) == 0
    assert (fake.connections, fake.versions) == (2, 1)


def test_a_version_that_is_none_makes_the_session_doubtful(fake: FakeClamd) -> None:
    """Who knows what this server is."""
    fake.version = b"220 mail.example.org ESMTP"
    plugin = ClamAV(servers=(fake.name,), seconds=5)
    plugin.start()
    assert plugin.about().version == ""
    assert kinds(plugin) == [Kind.FAILURE]


def test_a_stream_that_is_too_long_costs_the_others_nothing(fake_tcp: FakeClamd) -> None:
    """The server closes the connection; those not yet answered get another one."""

    def limited(number: int, place: str, content: bytes) -> bytes | None:
        if len(content) > 5_000:
            return b"%d: INSTREAM size limit exceeded. ERROR\0" % number
        return fake_tcp.usual(number, place, content)

    fake_tcp.answer = limited
    raw = message(*(attachment(b"x" * size, f"{size}.bin") for size in (9_000, 8_000, 7_000)), attachment(eicar(), "e"))
    found = findings(ClamAV(servers=(fake_tcp.name,), seconds=5, scan="leaves+raw"), raw)
    unscannable = sorted(str(one.part) for one in found if one.kind is Kind.UNSCANNABLE)
    assert [str(one.part) for one in found if one.kind is Kind.MALWARE] == ["1.4"]
    assert unscannable == ["1.1", "1.2", "1.3", "message"]


def test_the_core_s_timer_leaves_nothing_open(fake: FakeClamd, monkeypatch: pytest.MonkeyPatch) -> None:
    """It rings in the middle of anything."""

    def rings(*_: object) -> None:
        raise OutOfTime

    monkeypatch.setattr(Session, "_exchange", rings)
    plugin = ClamAV(servers=(fake.name,), seconds=5)
    plugin.start()
    assert [found.name for found in findings(plugin)] == ["timeout"]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(
        st.one_of(
            st.sampled_from([b"1: ClamAV 1.4.6\0", b"2: fd[9]: OK\0", b"3: fd[9]: OK\0", b"2: fd[9]: X FOUND\0"]),
            st.sampled_from(
                [b"2: ", b"3: fd[9]: ", b"OK\0", b"fd[9]: OK", b"OK", b"\0", b"stream: OK\0", b"4: fd[9]: OK\0"]
            ),
            st.binary(max_size=6),
        ),
        max_size=8,
    ).map(b"".join)
)
def test_whatever_a_server_says_only_an_exact_ok_is_clean(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that says all this at once, and closes."""

    def connected(*_: object) -> socket.socket:
        ours, theirs = socket.socketpair()
        theirs.sendall(said)
        theirs.shutdown(socket.SHUT_WR)
        ours.setblocking(False)
        kept.append(theirs)
        return ours

    kept: list[socket.socket] = []
    monkeypatch.setattr("qsfilter_clamav.session.connect", connected)
    blobs = [Blob(b"%d" % index) for index in range(2)]
    asked = Pool((parse("unix:/nowhere"),)).ask(plain(*blobs), time.monotonic() + 5)
    for number, blob in enumerate(blobs, 2):
        if blob in asked.answers and asked.answers[blob].status == OK:
            assert said.split(b"\0").count(b"%d: fd[9]: OK" % number) == 1
            assert not said.endswith(b"%d: fd[9]: OK" % number)
    assert asked.troubles or not asked.missing
    for theirs in kept:
        theirs.close()


ANSWERS = ("OK", "OK", "OK", "X FOUND", "Heuristics.Limits.Exceeded.MaxFiles FOUND", "Can't open file ERROR", "")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(says=st.lists(st.lists(st.sampled_from(ANSWERS), max_size=12), min_size=2, max_size=2))
def test_no_answer_is_never_clean(
    fake: FakeClamd, fake_tcp: FakeClamd, says: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two servers that answer one thing after the other and then close, and a message with an archive and a text."""
    monkeypatch.setattr("qsfilter_clamav.pool.WORTH", 0)
    said: dict[bytes, list[str]] = {}
    for server, answers in zip((fake, fake_tcp), says, strict=True):
        server.answer = _in_turn(iter(answers), said)
    archive = zip_of({"a": b"member a", "b": b"member b"})
    raw = b"Received: x\n" + message(part(b"a text"), attachment(archive, "a.zip"), attachment(b"a file", "f"))
    found = findings(ClamAV(servers=(fake.name, fake_tcp.name), seconds=5), raw)
    clean = all(one.kind is Kind.NOTE for one in found)
    needed = [raw, archive, b"a file"]
    if not _has_shown(said):
        needed += [b"a text", b"member a", b"member b"]
    if clean:
        assert [one for one in needed if "OK" not in said.get(one, [])] == []


def _has_shown(said: dict[bytes, list[str]]) -> bool:
    return any("Heuristics.Limits" in answer for answers in said.values() for answer in answers)


def _in_turn(answers: Iterator[str], said: dict[bytes, list[str]]) -> Callable[[int, str, bytes], bytes | None]:
    """Give ANSWERS one after the other, and note in SAID what each content got."""

    def answer(number: int, place: str, content: bytes) -> bytes | None:
        text = next(answers, "")
        said.setdefault(content, []).append(text)
        return f"{number}: {place}: {text}\0".encode() if text else None

    return answer
