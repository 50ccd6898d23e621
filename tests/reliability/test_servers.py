"""Servers that misbehave, seen from outside: mail waits, and goes on as soon as they behave again.

Every misbehaviour meets a clean and an infected message by each way (a sample of that in the short form). What a server
has not called clean is never handed over, and the log names the server.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter.testing.clamd_server import ClamdServer
from qsfilter.testing.fake_clamd import FakeClamd
from qsfilter.testing.fake_spamd import FakeSpamd, scored
from qsfilter.testing.messages import attachment, eicar, message, part
from qsfilter.testing.service import until
from qsfilter.testing.spamd_server import SpamdServer
from tests.process.conftest import YARA
from tests.reliability.balance import FULL, WAYS, BalancedSite, Sent, clean, infected, is_infected, lines, none_bad
from tests.reliability.figures import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from qsfilter.testing.service import RunningService

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900 if FULL else 120)]

SECONDS = 0.4
"""What a plugin waits for a server."""
CLAMAV = '[plugins.clamav]\nuse = "qsfilter_clamav:ClamAV"\nservers = ["unix:{socket}"]\nseconds = {seconds}\n'
SPAMASSASSIN = (
    '[plugins.spamassassin]\nuse = "qsfilter_spamassassin:SpamAssassin"\nservers = ["unix:{socket}"]\n'
    "seconds = {seconds}\nheaders = false\n"
)


# --- misbehaviour -----------------------------------------------------------------------------------------------------


@contextmanager
def absent(_path: str) -> Iterator[None]:
    """There is no socket."""
    yield


@contextmanager
def refusing(path: str) -> Iterator[None]:
    """The socket of a server that died is there."""
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(path)
    yield


@contextmanager
def full(path: str) -> Iterator[None]:
    """The server takes no connection any more."""
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as first:
        listener.bind(path)
        listener.listen(0)
        first.connect(path)
        yield


def when_connected(
    fake: type[FakeClamd | FakeSpamd], deed: Callable[[socket.socket], object]
) -> Callable[[str], AbstractContextManager[None]]:
    """Return a server that does DEED with each new connection."""

    @contextmanager
    def server(path: str) -> Iterator[None]:
        with fake(path) as serving:
            serving.on_connect = deed
            yield

    return server


def answering(says: Callable[[int, str], bytes | None]) -> Callable[[str], AbstractContextManager[None]]:
    """Return a clamd that SAYS something about number and place of a scan."""

    @contextmanager
    def server(path: str) -> Iterator[None]:
        with FakeClamd(path) as serving:
            serving.answer = lambda number, place, _content: says(number, place)
            yield

    return server


def scoring(answer: bytes) -> Callable[[str], AbstractContextManager[None]]:
    """Return a spamd that gives ANSWER."""

    @contextmanager
    def server(path: str) -> Iterator[None]:
        with FakeSpamd(path) as serving:
            serving.answer = lambda _question: answer
            yield

    return server


def close(_connection: socket.socket) -> None:
    """Hang up."""
    raise ConnectionError


def reset(connection: socket.socket) -> None:
    """Hang up, the hard way."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    raise ConnectionError


def hang(_connection: socket.socket) -> None:
    """Say nothing until the one who asks has given up."""
    time.sleep(3 * SECONDS)


def drip(octets: bytes) -> Callable[[socket.socket], None]:
    """Say OCTETS, one after the other, until the one who asks has given up."""

    def say(connection: socket.socket) -> None:
        end = time.monotonic() + 3 * SECONDS
        for octet in octets:
            connection.sendall(bytes([octet]))
            time.sleep(0.05)
            if time.monotonic() > end:
                break

    return say


def early(octets: bytes) -> Callable[[socket.socket], None]:
    """Say OCTETS before anything is asked, and hang up."""

    def say(connection: socket.socket) -> None:
        connection.sendall(octets)
        connection.shutdown(socket.SHUT_WR)

    return say


VERSION = b"1: ClamAV 1.4.6\0"
ALL_CLEAN = VERSION + b"".join(b"%d: fd[%d]: OK\0" % (number, fd) for number in range(2, 5) for fd in range(8, 14))
GOOD_SCORE = scored("1.0", body=b"POINTS_ONE")

CLAMD: dict[str, Callable[[str], AbstractContextManager[None]]] = {
    "absent": absent,
    "refuses": refusing,
    "takes no connection": full,
    "closes at once": when_connected(FakeClamd, close),
    "resets": when_connected(FakeClamd, reset),
    "hangs": when_connected(FakeClamd, hang),
    "drips": when_connected(FakeClamd, drip(VERSION * 9)),
    "talks before it is asked": when_connected(FakeClamd, early(ALL_CLEAN)),
    "speaks another protocol": when_connected(FakeClamd, early(b"220 mail.example.org ESMTP\r\n")),
    "closes for an answer": answering(lambda _number, _place: None),
    "answers garbage": answering(lambda _number, _place: b"\xff\xfe\x80garbage\0"),
    "answers half": answering(lambda number, place: b"%d: %s: O" % (number, place.encode())),
    "answers another question": answering(lambda number, place: b"%d: %s: OK\0" % (number + 50, place.encode())),
    "answers about another place": answering(lambda number, _place: b"%d: stream: OK\0" % number),
    "answers endlessly": answering(lambda _number, _place: b"A" * 100_000),
    "answers what nobody asked": answering(
        lambda number, place: b"%d: %s: OK\0" % (number, place.encode()) + b"77: fd[9]: OK\0"
    ),
    "has no memory": answering(
        lambda number, place: b"%d: %s: Can't allocate memory ERROR\0" % (number, place.encode())
    ),
    "has hit its limit": answering(lambda _number, _place: b"INSTREAM size limit exceeded. ERROR\0"),
    "has timed out": answering(lambda _number, _place: b"COMMAND READ TIMED OUT\n"),
}
SPAMD: dict[str, Callable[[str], AbstractContextManager[None]]] = {
    "absent": absent,
    "refuses": refusing,
    "takes no connection": full,
    "closes at once": when_connected(FakeSpamd, close),
    "resets": when_connected(FakeSpamd, reset),
    "hangs": when_connected(FakeSpamd, hang),
    "drips": when_connected(FakeSpamd, drip(GOOD_SCORE[:-1])),
    "speaks another protocol": scoring(b"220 mail.example.org ESMTP\r\n"),
    "closes for an answer": scoring(b""),
    "answers garbage": scoring(bytes(range(256)) * 10),
    "answers half a head": scoring(GOOD_SCORE[:30]),
    "answers half a body": scoring(GOOD_SCORE[:-3]),
    "answers endlessly": scoring(b"SPAMD/1.1 0 EX_OK\r\n" + b"X: y\r\n" * 100_000),
    "scores no number": scoring(GOOD_SCORE.replace(b"1.0 /", b"nan /")),
    "is busy": scoring(b"SPAMD/1.0 75 EX_TEMPFAIL\r\n"),
}


# --- from outside -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clamav_site(tmp_path_factory: pytest.TempPathFactory) -> BalancedSite:
    """Return a site that asks a clamd and nobody else."""
    return asking(CLAMAV, tmp_path_factory.mktemp("clamav"))


@pytest.fixture(scope="module")
def clamav_running(clamav_site: BalancedSite) -> Iterator[RunningService]:
    """Run its service."""
    with clamav_site.service() as service:
        yield service


@pytest.fixture(scope="module")
def spam_site(tmp_path_factory: pytest.TempPathFactory) -> BalancedSite:
    """Return a site that asks a spamd, and finds EICAR by itself."""
    return asking(SPAMASSASSIN + YARA, tmp_path_factory.mktemp("spam"))


@pytest.fixture(scope="module")
def spam_running(spam_site: BalancedSite) -> Iterator[RunningService]:
    """Run its service."""
    with spam_site.service() as service:
        yield service


def asking(tables: str, folder: Path, *, seconds: float = SECONDS) -> BalancedSite:
    """Return a site with the plugins of TABLES, which ask a server at `server` in FOLDER for so many SECONDS."""
    site = BalancedSite(folder)
    site.configure(tables.format(socket=folder / "server", seconds=seconds))
    return site


def tried(turn: int) -> list[tuple[str, Callable[[], bytes]]]:
    """Return by which ways which messages are sent: all by each, or all by the front and one by another."""
    makers = (clean, infected)
    if FULL:
        return [(way, make) for way in WAYS for make in makers]
    others = [(way, make) for way in WAYS[:2] for make in makers]
    return [("front", clean), ("front", infected), *others[turn // 2 % 4 :][: turn % 2]]


def endured(
    site: BalancedSite,
    running: RunningService,
    misbehaving: Callable[[str], AbstractContextManager[None]],
    fake: type[FakeClamd | FakeSpamd],
    turn: int,
) -> Counter[str]:
    """Send messages while the server is MISBEHAVING, and then while it is a good FAKE; return what became of them."""
    server = site.folder / "server"
    server.unlink(missing_ok=True)
    site.clear()
    sent = []
    with misbehaving(str(server)):
        for number, (way, make) in enumerate(tried(turn)):
            raw, before = make(), len(running.log)
            envelope = site.three if number % 2 else site.envelope_sent
            told = site.send(way, raw, envelope)
            sent.append(Sent(raw, told.code, envelope))
            if way == "wrapper":
                line = told.log
            else:
                until(lambda at=before: " action=" in running.log[at:])
                line = running.log[before:]
            assert str(server) in line, (way, line)
            assert line.count(" action=") == 1
    server.unlink(missing_ok=True)
    found = site.balance(sent)
    site.clear()
    with fake(str(server)):
        again = [site.sent("front", one.raw, one.envelope) for one in sent]
    server.unlink()
    after = site.balance(again)
    bad = sum(map(is_infected, (one.raw for one in sent)))
    assert after == Counter(handed=len(sent) - bad, kept=bad)
    assert not site.strays
    return found


@pytest.mark.parametrize("name", CLAMD)
def test_mail_waits_for_a_clamd(clamav_site: BalancedSite, clamav_running: RunningService, name: str) -> None:
    """And is neither handed over nor refused; when clamd behaves again, so does the mail."""
    found = endured(clamav_site, clamav_running, CLAMD[name], FakeClamd, list(CLAMD).index(name))
    assert set(found) == {"deferred"}
    record("servers.clamd", misbehaviours=1, messages=found.total(), **none_bad(found))


@pytest.mark.parametrize("name", SPAMD)
def test_mail_waits_for_a_spamd(spam_site: BalancedSite, spam_running: RunningService, name: str) -> None:
    """What another plugin calls malware is kept meanwhile."""
    found = endured(spam_site, spam_running, SPAMD[name], FakeSpamd, list(SPAMD).index(name))
    assert set(found) == {"deferred", "kept"}
    record("servers.spamd", misbehaviours=1, messages=found.total(), **none_bad(found))


# --- real ones --------------------------------------------------------------------------------------------------------


def test_a_real_clamd_that_is_killed_while_it_scans(tmp_path: Path) -> None:
    """At moments of its scan that chance names, or with the message unread; it goes when a new one is there."""
    clamd = ClamdServer(tmp_path / "clamd")
    site = asking(CLAMAV, tmp_path)
    site.configure(CLAMAV.format(socket=clamd.socket, seconds=20))
    chance = random.Random(1)  # noqa: S311 - it has to be the same each time
    turns = 12 if FULL else 4
    with site.service():
        with clamd:
            sent = [site.sent("front", slow_to_scan(chance))]
            before = time.monotonic()
            sent.append(site.sent("front", slow_to_scan(chance)))
            whole = time.monotonic() - before
        for turn in range(turns):
            with clamd:
                if turn % 2:
                    assert clamd.process is not None
                    clamd.process.send_signal(signal.SIGSTOP)
                killer = threading.Timer(whole * chance.uniform(0.1, 0.9), clamd.kill)
                killer.start()
                sent.append(site.sent("front", slow_to_scan(chance, bad=turn % 4 > 1)))
                killer.join()
        found = site.balance(sent)
        assert set(found) <= {"handed", "kept", "deferred"}
        assert found["deferred"] >= turns // 2
        site.clear()
        with clamd:
            again = [site.sent("front", one.raw) for one in sent if one.code]
    assert set(site.balance(again)) <= {"handed", "kept"}
    record("servers.clamd killed", killed=turns, **none_bad(found))


def slow_to_scan(chance: random.Random, *, bad: bool = False) -> bytes:
    """Return a message that keeps a clamd busy for a while."""
    words = [b"%x" % chance.getrandbits(60) for _ in range(20_000)]
    page = attachment(b"<html><body>" + b"<p>".join(chance.choices(words, k=100_000)) + b"</body></html>", "long.html")
    return infected(page) if bad else message(part(b"%d\n" % chance.getrandbits(60)), page)


@pytest.mark.parametrize(("concurrent", "seconds"), [("yes", 20), ("no", 0.3)] if FULL else [("yes", 20)])
def test_a_real_clamd_that_reloads_its_database_all_the_time(tmp_path: Path, concurrent: str, seconds: float) -> None:
    """Where it answers meanwhile, mail goes on; where it doesn't (ConcurrentDatabaseReload), some waits."""
    clamd = ClamdServer(tmp_path / "clamd", {"ConcurrentDatabaseReload": concurrent})
    site = asking(CLAMAV, tmp_path)
    site.configure(CLAMAV.format(socket=clamd.socket, seconds=seconds))
    stopped = threading.Event()

    def reload() -> None:
        while not stopped.is_set():
            clamd.command("RELOAD")
            stopped.wait(0.05)

    with clamd, site.service():
        sent = [site.sent("front", clean()), site.sent("front", infected())]
        reloading = threading.Thread(target=reload)
        reloading.start()
        try:
            many = (300 if FULL else 24) if concurrent == "yes" else 6
            sent += [site.sent("front", clean() if number % 3 else infected()) for number in range(many)]
        finally:
            stopped.set()
            reloading.join(60)
    found = site.balance(sent)
    assert found["handed"]
    assert found["kept"]
    assert concurrent == "no" or not found["deferred"]
    record("servers.clamd reloads", messages=len(sent), **none_bad(found))


@pytest.mark.parametrize("streamed", [False, True], ids=["descriptors", "streamed"])
@pytest.mark.parametrize("alert", ["yes", "no"])
def test_a_real_clamd_whose_limits_are_hit(tmp_path: Path, alert: str, streamed: bool) -> None:
    """What lies beyond them was not scanned, so it is not clean, whether or not clamd says so."""
    limits = {"MaxFileSize": "100K", "MaxScanSize": "100K", "StreamMaxLength": "100K", "AlertExceedsMax": alert}
    clamd = ClamdServer(tmp_path / "clamd", limits)
    site = BalancedSite(tmp_path)
    table = CLAMAV.format(socket=clamd.socket, seconds=20) + f"pass_descriptors = {str(not streamed).lower()}\n"
    site.configure(f"{table}max_file_bytes = 100_000\n")
    with clamd, site.service():
        long = infected(attachment(lines(300_000), "long.txt"))
        sent = [site.sent("front", raw) for raw in (clean(), infected(), clean(300_000), beyond(300_000), long)]
    found = site.balance(sent)
    assert found["handed"] == 1, found
    record("servers.clamd limits", messages=len(sent), **none_bad(found))


def beyond(size: int) -> bytes:
    """Return an infected message whose malware lies behind SIZE octets of one attachment."""
    return message(part(b"Look.\n"), attachment(lines(size) + eicar(), "long.bin"), subject="infected")


def test_a_real_spamd_that_is_killed_while_it_scores(tmp_path: Path) -> None:
    """With all its processes; some of them had not read the message. It goes when a new one is there."""
    spamd = SpamdServer(tmp_path / "spamd")
    site = asking(SPAMASSASSIN, tmp_path)
    site.configure(SPAMASSASSIN.format(socket=spamd.socket, seconds=20))
    chance = random.Random(2)  # noqa: S311 - as above
    turns = 8 if FULL else 2
    sent = []
    with site.service():
        for turn in range(turns):
            with spamd:
                if turn % 2:
                    signal_all(spamd, signal.SIGSTOP)
                killer = threading.Timer(chance.uniform(0.0, 0.1), signal_all, (spamd, signal.SIGKILL))
                killer.start()
                sent.append(site.sent("front", clean(400_000)))
                killer.join()
        found = site.balance(sent)
        assert set(found) <= {"handed", "deferred"}
        assert found["deferred"] >= turns // 2
        site.clear()
        with spamd:
            again = [site.sent("front", one.raw) for one in sent]
    assert site.balance(again) == {"handed": turns}
    record("servers.spamd killed", killed=turns, **none_bad(found))


def signal_all(spamd: SpamdServer, number: int) -> None:
    """Send the signal NUMBER to SPAMD and to its children."""
    assert spamd.process is not None
    pid = spamd.process.pid
    for one in (pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())):
        os.kill(one, number)
