"""The parts of the service one by one: what a worker has in hand outlives it, and the master sees what it was at."""

from __future__ import annotations

import os
import signal
import socket
import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import edge
from qsfilter.errors import ConfigError, DeliveryError
from qsfilter.queue import asking, protocol
from qsfilter.queue.protocol import Answer
from qsfilter.queue.spool import Source, Spool
from qsfilter.service import configured
from qsfilter.service.custody import DESCRIPTORS, LONGEST_WHY, Custody, InHand
from qsfilter.service.listening import Listening
from qsfilter.service.slots import NOBODY, Slots
from qsfilter.testing.service import read_only
from tests.process.front_place import Service, answer

if TYPE_CHECKING:
    from pathlib import Path

names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=60)


def in_hand(request: bytes = b"size=1\0", failures: dict[str, str] | None = None) -> InHand:
    """Return something that is in hand, of three files."""
    numbers = [read_only(text) for text in (b"connection", b"message", b"envelope")]
    return InHand(1000, 12.5, request, *numbers, failures or {})


def contents(held: InHand) -> list[bytes]:
    return [os.pread(number, 100, 0) for number in (held.connection, held.message, held.envelope)]


# --- custody ----------------------------------------------------------------------------------------------------------


@given(request=st.binary(max_size=1 << 16), failures=st.dictionaries(names, names, max_size=3))
def test_what_is_put_is_taken(request: bytes, failures: dict[str, str]) -> None:
    custody, held = Custody(), in_hand(request, failures)
    try:
        custody.put(held)
        before = contents(held)
        held.close()
        taken = custody.take()
        assert taken is not None
        assert (taken.caller, taken.deadline, taken.request) == (1000, 12.5, request)
        cut = {name: why.encode()[:LONGEST_WHY].decode("utf-8", "replace") for name, why in failures.items()}
        assert taken.failures == cut
        assert contents(taken) == before
        taken.close()
        assert custody.take() is None
    finally:
        custody.close()


def test_nothing_stays_of_what_is_cleared() -> None:
    before = len(os.listdir("/proc/self/fd"))
    custody = Custody()
    for _ in range(50):
        held = in_hand()
        custody.put(held)
        held.close()
        custody.clear()
    assert custody.take() is None
    custody.clear()
    custody.close()
    assert len(os.listdir("/proc/self/fd")) == before


def test_it_outlives_who_has_put_it_there() -> None:
    custody = Custody()
    pid = os.fork()
    if not pid:
        try:
            custody.put(in_hand())
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    taken = custody.take()
    assert taken is not None
    assert contents(taken) == [b"connection", b"message", b"envelope"]
    assert len({taken.connection, taken.message, taken.envelope}) == DESCRIPTORS
    taken.close()
    custody.close()


# --- slots ------------------------------------------------------------------------------------------------------------


@given(
    until=st.floats(0, 1e9),
    held=st.integers(0, 2**62),
    caller=st.integers(-1, 2**32),
    hook=st.just("scan"),
    plugin=names,
)
def test_a_slot_tells_what_was_written(until: float, held: int, caller: int, hook: str, plugin: str) -> None:
    slots = Slots(3)
    slot = slots.all[1]
    slot.until, slot.held, slot.caller, slot.asked = until, held, caller, (hook, plugin)
    assert (slot.until, slot.held, slot.caller, slot.asked) == (until, held, caller, (hook, plugin))
    for other in (slots.all[0], slots.all[2]):
        assert (other.until, other.held, other.caller, other.asked) == (0, 0, NOBODY, ("", ""))
    slot.clear()
    assert (slot.until, slot.held, slot.caller, slot.asked) == (0, 0, NOBODY, ("", ""))


def test_a_long_name_does_not_reach_the_next_slot() -> None:
    slots = Slots(2)
    slots.all[0].asked = ("scan", "\u00e4" * 5000)
    assert slots.all[0].asked[0] == "scan"
    assert slots.all[1].asked == ("", "")
    assert slots.all[1].until == 0


def test_what_a_child_writes_is_seen() -> None:
    slots = Slots(2)
    pid = os.fork()
    if not pid:
        slots.all[1].held, slots.all[1].caller = 77, 5
        os._exit(0)
    os.waitpid(pid, 0)
    slots.all[0].held = 3
    assert slots.held() == 80
    assert (slots.busy_for(5), slots.busy_for(6)) == (1, 0)


# --- listening --------------------------------------------------------------------------------------------------------


def test_anybody_may_connect_and_the_name_goes_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "run" / "s"
    listening = Listening(str(path), 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666
    assert not listening.socket.getblocking()
    listening.leave()
    assert not path.exists()
    listening.leave()
    listening.socket.close()
    listening.forked()


def test_a_name_that_means_another_socket_by_now_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s"
    listening = Listening(str(path), 1)
    path.unlink()
    path.touch()
    listening.leave()
    assert path.exists()
    listening.socket.close()
    listening.forked()


@pytest.mark.parametrize("left", ["s", "s.new"])
def test_what_another_one_left_behind_is_replaced(tmp_path: Path, left: str) -> None:
    with socket.socket(socket.AF_UNIX) as old:
        old.bind(str(tmp_path / left))
    listening = Listening(str(tmp_path / "s"), 1)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(tmp_path / "s"))
    listening.socket.close()
    listening.forked()


def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "s.lock").symlink_to(tmp_path / "other")
    with pytest.raises(DeliveryError, match="can't listen"):
        Listening(str(tmp_path / "s"), 1)
    assert not (tmp_path / "other").exists()


# --- the last good configuration --------------------------------------------------------------------------------------


def test_a_copy_that_others_could_have_written_is_not_taken(tmp_path: Path) -> None:
    config, folder = tmp_path / "c.toml", tmp_path / "kept"
    config.write_text('[deliver]\nqmail_queue = "/bin/true"\n')
    found = configured.ready(edge.read(str(config)))
    configured.keep(found, str(folder))
    config.write_text("broken = [")
    assert configured.load_at_start(str(config), str(folder)).source.text == found.source.text
    (copy,) = folder.iterdir()
    copy.chmod(0o666)
    with pytest.raises(ConfigError, match=r"c\.toml"):
        configured.load_at_start(str(config), str(folder))


def test_users_are_trusted_by_name_or_number(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text(
        '[deliver]\nqmail_queue = "/bin/true"\n[service]\ntrusted_callers = ["root", "4711", "nobody-of-that-name"]\n'
    )
    assert configured.ready(edge.read(str(config))).trusted == {0, 4711}


# --- asking -----------------------------------------------------------------------------------------------------------

ENVELOPE = b"Fa@example.org\0Tb@example.com\0Tc@example.com\0\0"
FEWER = b"Fa@example.org\0Tc@example.com\0\0"


def asked(tmp_path: Path, says: bytes, *, seconds: float = 30) -> Answer:
    """Ask a service that says SAYS about a message of 5 bytes."""
    number = read_only(b"12345")
    try:
        spool = Spool(Source(number))
    finally:
        os.close(number)
    with Service(str(tmp_path / "s")) as service:
        service.say(says)
        return asking.ask(str(tmp_path / "s"), spool, ENVELOPE, {b"TCPREMOTEIP": b"192.0.2.1"}, seconds)


def test_an_answer_that_fits_is_taken(tmp_path: Path) -> None:
    found = asked(tmp_path, answer(lines=b"X: y\n", offset=5, envelope=FEWER))
    assert found == Answer(protocol.HAND_OVER, lines=b"X: y\n", offset=5, envelope=FEWER)
    assert asked(tmp_path, answer(0, 31, text=b"no")) == Answer(protocol.END, 31, "no")


@pytest.mark.parametrize(
    "says",
    [
        b"",
        answer()[:-1],
        answer(lines=b"X: y\n")[:-1],
        answer(offset=6),
        answer(envelope=b"F\0T\0"),
        answer(envelope=ENVELOPE[:-1]),
        answer(envelope=ENVELOPE + ENVELOPE),
        answer(envelope=b"F\0\0T\0\0"),
        answer(envelope=b"X\0\0"),
        answer(envelope=FEWER.replace(b"a@", b"e@")),
        answer(envelope=FEWER.replace(b"c@", b"d@")),
        answer(envelope=b"Fa@example.org\0Tc@example.com\0Tb@example.com\0\0"),
        answer(envelope=b"Fa@example.org\0Tc@example.com\0Tc@example.com\0\0"),
        answer(deed=7),
        answer(code=3),
        answer(version=2),
        answer(magic=b"QSFILTER"),
        answer(lengths=(0, 1 << 30, 0)),
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_an_answer_that_does_not_fit_makes_mail_wait(tmp_path: Path, says: bytes) -> None:
    with pytest.raises(DeliveryError) as raised:
        asked(tmp_path, says)
    assert raised.value.exit == 71
    assert not isinstance(raised.value, asking.NotThere)


def test_silence_makes_mail_wait(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        listening.listen()
        number = read_only(b"12345")
        spool = Spool(Source(number))
        os.close(number)
        with pytest.raises(DeliveryError, match="no answer in time"):
            asking.ask(str(tmp_path / "s"), spool, ENVELOPE, {}, 0.1)


@pytest.mark.parametrize("made", ["nothing", "dead socket", "file"])
def test_who_is_not_there_is_told_apart(tmp_path: Path, made: str) -> None:
    path = tmp_path / "s"
    if made == "dead socket":
        with socket.socket(socket.AF_UNIX) as old:
            old.bind(str(path))
    elif made == "file":
        path.touch()
    number = read_only(b"12345")
    spool = Spool(Source(number))
    os.close(number)
    with pytest.raises(asking.NotThere):
        asking.ask(str(path), spool, ENVELOPE, {}, 10)
