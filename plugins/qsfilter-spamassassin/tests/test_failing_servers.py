"""Servers that are down, slow, or talk nonsense: never a score that nobody gave, and never a wait beyond the time."""

from __future__ import annotations

import itertools
import socket
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Action, Filter
from qsfilter.testing import examine, message
from qsfilter.testing.fake_spamd import scored
from qsfilter_spamassassin import SpamAssassin, protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qsfilter import Report
    from qsfilter.testing.fake_spamd import FakeSpamd

RAW = message(b"text\n")
LARGE = message(b"x" * 70 + b"\n" + b"y" * 8_000_000)
LARGER = 10_000_000
GOOD = scored("15.0", body=b"ONE,TWO")
pytestmark = pytest.mark.usefixtures("descriptors")


def told(*servers: str, seconds: float = 10.0, raw: bytes = RAW) -> list[str]:
    return [str(found) for found in ask(SpamAssassin(servers=servers, seconds=seconds, max_bytes=LARGER), raw).findings]


def ask(plugin: SpamAssassin, raw: bytes = RAW) -> Report:
    return examine(Filter(plugin), raw)


NONSENSE = {
    "nothing": b"",
    "another protocol": b"220 mail.example.org ESMTP\r\n",
    "an error": b"SPAMD/1.0 76 Bad header line: x\r\n",
    "an error with a score": GOOD.replace(b" 0 EX_OK", b" 75 EX_TEMPFAIL"),
    "half a head": GOOD[:30],
    "no body": GOOD[: GOOD.index(b"ONE")],
    "half a body": GOOD[:-3],
    "more than it says": GOOD + b",THREE",
    "no length": GOOD.replace(b"Content-length: 7\r\n", b""),
    "a negative length": GOOD.replace(b": 7", b": -7"),
    "two lengths": GOOD.replace(b"Spam:", b"Content-length: 3\r\nSpam:"),
    "no score": GOOD.replace(b"15.0", b""),
    "a score that is no number": GOOD.replace(b"15.0", b"nan"),
    "no verdict": GOOD.replace(b"True", b"Maybe"),
    "two verdicts": GOOD.replace(b"Spam:", b"Spam: False ; 1.0 / 5.0\r\nSpam:"),
    "a head that never ends": b"SPAMD/1.1 0 EX_OK\r\n" + b"X: y\r\n" * 100_000,
    "a line that never ends": b"SPAMD/1.1 0 " + b"x" * 1_000_000,
    "a huge body": scored("15.0", body=b"A" * 2_000_000),
    "binary": bytes(range(256)) * 10,
}


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=list(NONSENSE))
def test_nonsense_is_no_score(fake: FakeSpamd, fake_tcp: FakeSpamd, answer: bytes) -> None:
    """It is a failure, and another server's answer counts instead."""
    fake.answer = lambda _: answer
    assert told(fake.name) == ["failure not-scored"]
    assert told(fake.name, fake_tcp.name) == ["note server-failed", "note spamassassin"]


def test_every_beginning_of_an_answer_is_no_score() -> None:
    """However early the connection ends."""
    for end in range(len(GOOD)):
        with pytest.raises(protocol.GarbledError):
            protocol.scored(GOOD[:end])
    assert protocol.scored(GOOD) == protocol.Score(True, "15.0", "5.0", ("ONE", "TWO"))


@given(
    st.binary() | st.builds(lambda head, tail: head + tail, st.sampled_from([GOOD[:n] for n in range(80)]), st.binary())
)
def test_any_octets_are_a_score_or_an_error(data: bytes) -> None:
    """Never another exception, and what is read can be written into a header field and read again."""
    try:
        protocol.is_whole(data)
        score = protocol.scored(data)
    except OSError:
        return
    assert protocol.read(str(score), spam=score.spam) == score
    assert str(score).isascii()
    assert str(score).isprintable()


@pytest.mark.parametrize("text", ["", "x", "1/", "1.2.3/5.0 X", "5.0 / 5.0", "1.0/5.0 A\nB", "nan/5.0"])
def test_a_detail_of_somebody_else_is_no_score(text: str) -> None:
    """A site's rule may give its note the same name."""
    assert protocol.read(text, spam=True) is None


def test_a_server_that_is_down(tmp_path: Path, fake: FakeSpamd) -> None:
    """The next one is asked, and from then on before it."""
    gone = f"unix:{tmp_path}/none.sock"
    report = ask(SpamAssassin(servers=(gone,)))
    assert [str(found) for found in report.findings] == ["failure not-scored"]
    assert gone in report.findings[0].detail
    assert report.decision.action is Action.DEFER

    plugin = SpamAssassin(servers=(gone, fake.name))
    assert [[str(found) for found in ask(plugin).findings] for _ in range(2)] == [
        ["note server-failed", "note spamassassin"],
        ["note spamassassin"],
    ]


def test_a_server_that_failed_is_tried_again_where_no_other_answers(fake: FakeSpamd, fake_tcp: FakeSpamd) -> None:
    """None is left out for good."""
    plugin = SpamAssassin(servers=(fake.name, fake_tcp.name))
    fake.answer = lambda _: b""
    assert "note spamassassin" in [str(found) for found in ask(plugin).findings]
    fake.answer = lambda _: scored("1.0")
    fake_tcp.answer = lambda _: b""
    assert "note spamassassin" in [str(found) for found in ask(plugin).findings]


def test_mail_goes_on_without_a_score_where_the_site_prefers_that(tmp_path: Path) -> None:
    """The reason stands in the report."""
    report = ask(SpamAssassin(servers=(f"unix:{tmp_path}/none.sock",), pass_unscored=True))
    assert [str(found) for found in report.findings] == ["note not-scored"]
    assert "none.sock" in report.findings[0].detail
    assert report.decision.action is Action.ACCEPT


def test_a_server_that_hangs_leaves_the_others_their_share(fake: FakeSpamd, fake_tcp: FakeSpamd) -> None:
    """Of the time for the message; a second one that hangs uses up the rest."""
    fake.on_connect = lambda _: fake.wait()
    before = time.monotonic()
    assert told(fake.name, fake_tcp.name, seconds=1.0) == ["note server-failed", "note spamassassin"]
    fake_tcp.on_connect = lambda _: fake_tcp.wait()
    assert told(fake.name, fake_tcp.name, seconds=1.0) == ["failure not-scored"]
    assert time.monotonic() - before > 1.4  # it was waited for, and not given up at once


def test_an_answer_that_never_comes_to_its_end(fake: FakeSpamd) -> None:
    """A byte now and then keeps nobody waiting beyond the time."""

    def drip(connection: socket.socket) -> None:
        while connection.recv(1 << 16):
            pass
        for octet in itertools.cycle(GOOD[:-1]):
            connection.sendall(bytes([octet]))
            time.sleep(0.02)

    fake.on_connect = drip
    assert told(fake.name, seconds=0.5) == ["failure not-scored"]


def test_a_server_that_reads_slowly_is_given_all(fake: FakeSpamd) -> None:
    """More than the buffers between hold."""
    fake.on_connect = lambda _: time.sleep(0.3)
    assert told(fake.name, raw=LARGE) == ["note spamassassin"]
    assert fake.questions[0].content.endswith(LARGE)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def early(answer: bytes) -> Callable[[socket.socket], None]:
    def say(connection: socket.socket) -> None:
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_RDWR)

    return say


@pytest.mark.parametrize("deed", [reset, early(b""), early(GOOD), early(b"SPAMD/1.0 76 too busy\r\n")])
def test_what_is_said_before_the_message_was_sent_is_no_score(
    fake: FakeSpamd, fake_tcp: FakeSpamd, deed: Callable[[socket.socket], None]
) -> None:
    """It can't be about the message, which is larger than the buffers between."""
    fake.on_connect = fake_tcp.on_connect = deed
    assert told(fake.name, raw=LARGE) == ["failure not-scored"]
    assert told(fake_tcp.name, raw=LARGE) == ["failure not-scored"]


def test_an_early_error_is_named(fake: FakeSpamd) -> None:
    """What the server says is what the postmaster needs."""
    fake.on_connect = early(b"SPAMD/1.0 76 too busy\r\n")
    assert "76 'too busy'" in ask(SpamAssassin(servers=(fake.name,), max_bytes=LARGER), LARGE).findings[0].detail


def test_a_server_that_reads_no_more_is_heard_out(fake: FakeSpamd) -> None:
    """It refuses the message in the middle, and says why a little later."""

    def refuse(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.shutdown(socket.SHUT_RD)
        time.sleep(0.2)
        connection.sendall(b"SPAMD/1.0 76 too large\r\n")
        connection.shutdown(socket.SHUT_WR)

    fake.on_connect = refuse
    assert "too large" in ask(SpamAssassin(servers=(fake.name,), max_bytes=LARGER), LARGE).findings[0].detail


def test_a_queue_that_is_full_keeps_nobody_waiting(tmp_path: Path) -> None:
    """A spamd that accepts nothing any more, on a unix socket."""
    path = str(tmp_path / "full.sock")
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as first:
        listener.bind(path)
        listener.listen(0)
        first.connect(path)
        assert told(f"unix:{path}", seconds=0.5) == ["failure not-scored"]


def test_check_tells_who_does_not_answer(tmp_path: Path, fake: FakeSpamd) -> None:
    """It is grave if nobody does."""
    gone = f"unix:{tmp_path}/none.sock"
    (problem,) = SpamAssassin(servers=(gone,)).check()
    assert problem.fatal
    assert gone in problem.text
    assert "--socketpath" in problem.mend
    fake.answer = lambda _: GOOD
    (problem,) = SpamAssassin(servers=(gone, fake.name)).check()
    assert not problem.fatal


def test_check_tells_who_has_no_rules_and_who_is_no_spamd(fake: FakeSpamd, fake_tcp: FakeSpamd) -> None:
    """GTUBE with no points; an answer to PING that is none."""
    fake_tcp.pong = b"SPAMD/1.5 0 EX_OK\r\n"
    found = list(SpamAssassin(servers=(fake.name, fake_tcp.name)).check())
    assert [problem.fatal for problem in found] == [False, False]
    assert "GTUBE" in found[0].text
    assert "PONG" in found[1].text
    assert "--listen" in found[1].mend
