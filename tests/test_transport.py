"""The next hop: what a qmail-queue program and a maildir are given, and what their answers mean."""

from __future__ import annotations

import mmap
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter.edits import Head
from qsfilter.errors import DeliveryError
from qsfilter.model import Envelope
from qsfilter.testing import QueueStandIn
from qsfilter.transport import IN_MEMORY, Maildir, QmailQueue, anonymous_file, envelope_bytes, queue_environment

if TYPE_CHECKING:
    from pathlib import Path

RAW = b"Subject: x\n\nbody \0\xff\r\n"
HEAD = Head(lines=b"X-QSFilter: clean;\n")
ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com", b"carol@example.com"))


@pytest.fixture
def queue(tmp_path: Path) -> QueueStandIn:
    """Make a queue."""
    return QueueStandIn(str(tmp_path))


def hand_over(queue: QueueStandIn, raw: bytes = RAW, head: Head = HEAD, envelope: Envelope = ENVELOPE) -> int:
    """Hand over to QUEUE."""
    return QmailQueue(program=(queue.program,)).hand_over(raw, head, envelope)


# --- the envelope and the environment -------------------------------------------------------------------------------


def test_an_envelope_is_written_as_qmail_queue_reads_it() -> None:
    """`F` sender NUL, `T` recipient NUL for each, and one NUL more."""
    assert envelope_bytes(ENVELOPE) == b"Falice@example.org\0Tbob@example.com\0Tcarol@example.com\0\0"


def test_an_empty_sender_is_written() -> None:
    """A bounce has none."""
    assert envelope_bytes(Envelope(sender=b"", recipients=())) == b"F\0\0"


REMOVED = ["IFS", "CDPATH", "ENV", "BASH_ENV", "QMAILMFTFILE", "QMAILINJECT", "QMAILQUEUE"]
names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", min_size=1).map(str.encode)


@pytest.mark.parametrize("name", [*REMOVED, "QSFILTER_CONFIG", "QSFILTER_"])
def test_what_could_change_the_queue_program_is_removed(name: str) -> None:
    """Shells and qmail read these."""
    assert queue_environment({name.encode(): b"x", b"KEPT": b"y"}) == {b"KEPT": b"y"}


@pytest.mark.parametrize(
    "name", ["TCPREMOTEIP", "RELAYCLIENT", "QMAILREMOTE", "PATH", "QSFILTERED", "ENVX", "qmailqueue", "QS_SPAMASSASSIN"]
)
def test_everything_else_passes(name: str) -> None:
    """The queue program may be another filter, which reads it."""
    assert queue_environment({name.encode(): b"x"}) == {name.encode(): b"x"}


@given(st.dictionaries(names, st.binary()))
def test_nothing_is_added_or_changed(given_: dict[bytes, bytes]) -> None:
    """The environment is what we were given, less what is removed."""
    assert queue_environment(given_).items() <= given_.items()


def is_inheritable(number: int) -> bool:
    """Whether whoever started the tests meant the descriptor NUMBER for all their programs."""
    try:
        return os.get_inheritable(number)
    except OSError:
        return False


# --- the queue program ----------------------------------------------------------------------------------------------


def test_the_message_is_handed_over_with_our_lines_on_top(queue: QueueStandIn) -> None:
    """Byte for byte."""
    assert hand_over(queue) == 0
    (queued,) = queue.queued
    assert (queued.message, queued.envelope) == (HEAD.lines + RAW, envelope_bytes(ENVELOPE))


def test_the_message_goes_on_behind_what_was_edited(queue: QueueStandIn) -> None:
    """The head has its own copy of what lies before."""
    hand_over(queue, head=Head(lines=b"X: y\n", offset=11))
    assert queue.queued[0].message == b"X: y\n" + RAW[11:]


@pytest.mark.parametrize("raw", [b"", b"x" * (IN_MEMORY + 100)], ids=["empty", "on disk"])
def test_a_message_of_any_size_is_handed_over(queue: QueueStandIn, raw: bytes) -> None:
    """Small ones in memory, large ones in an unlinked file."""
    assert hand_over(queue, raw) == 0
    assert queue.queued[0].message == HEAD.lines + raw


def test_a_mapped_message_is_handed_over(queue: QueueStandIn, tmp_path: Path) -> None:
    """Without being read into memory as a whole."""
    (tmp_path / "raw").write_bytes(RAW * 1000)
    with open(tmp_path / "raw", "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert hand_over(queue, mapped) == 0  # type: ignore[arg-type]
    assert queue.queued[0].message == HEAD.lines + RAW * 1000


@pytest.mark.parametrize("code", [11, 31, 51, 53, 71, 81, 82, 120, 255])
def test_the_programs_exit_code_is_the_answer(queue: QueueStandIn, code: int) -> None:
    """Nobody else decides."""
    queue.exit_with(code)
    assert hand_over(queue) == code
    assert queue.queued == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_death_by_a_signal_is_a_temporary_failure(queue: QueueStandIn, number: int) -> None:
    """It may have queued nothing."""
    queue.die_by(number)
    assert hand_over(queue) == 71


def test_a_program_that_is_not_there_can_not_be_started(tmp_path: Path) -> None:
    """`qmail.c` knows 120 for that."""
    with pytest.raises(DeliveryError, match="can't start") as caught:
        QmailQueue(program=(str(tmp_path / "nothing"),)).hand_over(RAW, HEAD, ENVELOPE)
    assert caught.value.exit == 120


def test_arguments_are_given_without_a_shell(queue: QueueStandIn) -> None:
    """Each as it is."""
    arguments = ("$HOME", "a b", ";", "*")
    QmailQueue(program=(queue.program, *arguments)).hand_over(RAW, HEAD, ENVELOPE)
    assert queue.states[0]["argv"] == list(arguments)


def test_the_program_gets_its_descriptors_and_no_others(queue: QueueStandIn) -> None:
    """Message on 0, envelope on 1, and the log."""
    ours = [int(name) for name in os.listdir("/proc/self/fd")]
    passed_on = {number for number in ours if is_inheritable(number)}
    hand_over(queue)
    assert set(queue.states[0]["descriptors"]) == {0, 1, 2} | passed_on


def test_the_program_gets_no_environment_that_could_change_it(
    queue: QueueStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the rest of ours."""
    monkeypatch.setenv("QMAILQUEUE", "/bin/false")
    monkeypatch.setenv("QSFILTER_CONFIG", "x")
    monkeypatch.setenv("TCPREMOTEIP", "192.0.2.1")
    hand_over(queue)
    environment = queue.states[0]["environment"]
    assert "TCPREMOTEIP=192.0.2.1" in environment
    assert not [entry for entry in environment if entry.startswith(("QMAILQUEUE=", "QSFILTER_"))]


def test_no_descriptor_stays_open(queue: QueueStandIn) -> None:
    """However it ended."""
    before = len(os.listdir("/proc/self/fd"))
    hand_over(queue)
    with pytest.raises(DeliveryError):
        QmailQueue(program=("/nothing",)).hand_over(RAW, HEAD, ENVELOPE)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_full_disk_is_a_write_error(queue: QueueStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sender is told to try again, and the program is not started."""

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "memfd_create", full)
    with pytest.raises(DeliveryError, match="No space left") as caught:
        hand_over(queue)
    assert caught.value.exit == 53
    assert queue.queued == []


@pytest.mark.parametrize("size", [0, IN_MEMORY, IN_MEMORY + 1])
def test_a_temporary_file_has_no_name(size: int) -> None:
    """Nothing is left behind however we end."""
    descriptor = anonymous_file(size)
    try:
        assert os.fstat(descriptor).st_nlink == 0
        assert not os.get_inheritable(descriptor)
    finally:
        os.close(descriptor)


# --- the maildir ----------------------------------------------------------------------------------------------------


def test_a_maildir_is_made_where_there_is_none(tmp_path: Path) -> None:
    """Nobody else may read it."""
    Maildir(path=str(tmp_path / "a" / "Maildir")).hand_over(RAW, HEAD, ENVELOPE)
    assert {path.name for path in (tmp_path / "a" / "Maildir").iterdir()} == {"tmp", "new", "cur"}
    assert (tmp_path / "a" / "Maildir").stat().st_mode & 0o777 == 0o700


def test_the_message_lies_in_new(tmp_path: Path) -> None:
    """With its sender in Return-Path, and our lines."""
    assert Maildir(path=str(tmp_path)).hand_over(RAW, HEAD, ENVELOPE) == 0
    (found,) = (tmp_path / "new").iterdir()
    assert found.read_bytes() == b"Return-Path: <alice@example.org>\n" + HEAD.lines + RAW
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_sender_ends_no_line(tmp_path: Path) -> None:
    """It can't add fields."""
    Maildir(path=str(tmp_path)).hand_over(RAW, HEAD, Envelope(sender=b"a\r\nBcc: \xff b\0", recipients=()))
    (found,) = (tmp_path / "new").iterdir()
    assert found.read_bytes().startswith(b"Return-Path: <aBcc:b>\nX-QSFilter")


def test_each_message_is_a_file_of_its_own(tmp_path: Path) -> None:
    """However fast they come."""
    for number in range(50):
        Maildir(path=str(tmp_path)).hand_over(b"%d" % number, HEAD, ENVELOPE)
    assert len(list((tmp_path / "new").iterdir())) == 50


def test_two_messages_at_the_same_time_are_two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads of one process, or processes of one number on two machines, must not replace each other's mail."""
    monkeypatch.setattr(time, "time_ns", lambda: 1_800_000_000_000_000_000)
    for raw in (b"one", b"two"):
        Maildir(path=str(tmp_path)).hand_over(raw, HEAD, ENVELOPE)
    assert {path.read_bytes()[-3:] for path in (tmp_path / "new").iterdir()} == {b"one", b"two"}


def test_a_maildir_that_can_not_be_written_is_a_write_error() -> None:
    """The sender is told to try again."""
    with pytest.raises(DeliveryError) as caught:
        Maildir(path="/dev/null/Maildir").hand_over(RAW, HEAD, ENVELOPE)
    assert caught.value.exit == 53
