"""The outbox is sent: by programs and by SMTP, in due time, recipient by recipient, and whatever dies meanwhile."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import SMTP

from qsfilter import Envelope, QmailQueue
from qsfilter.outbox import mails
from qsfilter.outbox.checking import problems
from qsfilter.outbox.form import State, state_bytes
from qsfilter.outbox.sending import BEGUN, Sender, Sent
from qsfilter.outbox.settings import Outbox
from qsfilter.outbox.spool import add_line, put
from qsfilter.outbox.ways import Answer, Away, ByProgram, ByQueue, BySmtp, by_inject, by_sendmail
from qsfilter.queue.alarm import Alarm
from qsfilter.testing.queue_stand_in import QueueStandIn
from qsfilter.testing.resources import no_file_above
from qsfilter.transport import envelope_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from mmap import mmap

    from aiosmtpd.smtp import Envelope as SmtpEnvelope
    from aiosmtpd.smtp import Session

BOB, CAROL = b"bob@example.com", b"carol@example.net"
ENVELOPE = Envelope(sender=b"", recipients=(BOB, CAROL))
RAW = b"Subject: notice\n\n.\n..two\nFrom here\r\nend\xff"
HOUR = 3600.0


@pytest.fixture
def box(tmp_path: Path) -> str:
    """Return the path of an outbox that does not exist yet."""
    return str(tmp_path / "outbox")


@dataclass
class Says:
    """A way that answers what it is told to, and notes what it was given."""

    answer: Callable[[], Answer] = Answer
    given: list[tuple[Envelope, bytes]] = field(default_factory=list)

    def send(self, raw: bytes | mmap, offset: int, envelope: Envelope) -> Answer:
        """Take the mail."""
        self.given.append((envelope, bytes(raw[offset:])))
        return self.answer()


def later(*recipients: bytes) -> Callable[[], Answer]:
    return lambda: Answer(later=dict.fromkeys(recipients, "come again"))


def refused(*recipients: bytes) -> Callable[[], Answer]:
    return lambda: Answer(refused=dict.fromkeys(recipients, "nobody here"))


def away() -> Answer:
    raise Away("nobody listens")


def send(box: str, way: Any, log: list[str] | None = None, **options: Any) -> Sent:  # noqa: ANN401
    guard = {"guard": options.pop("guard")} if "guard" in options else {}
    lines = [] if log is None else log
    return Sender(outbox=Outbox(path=box, **options), way=way, say=lines.append, **guard).send_due()


def places(box: str) -> dict[str, list[str]]:
    found = {place: sorted(os.listdir(os.path.join(box, place))) for place in ("tmp", "new", "cur", "sent", "failed")}
    return {place: names for place, names in found.items() if names}


def put_due(box: str, name: str = "a", seconds: float = 0, *, tries: int = 0, trouble: str = "") -> None:
    """Put a mail that has been due for SECONDS."""
    put(box, name, ENVELOPE, [RAW])
    rewrite(Path(box, "new", name), seconds, tries=tries, trouble=trouble)


def rewrite(path: Path, seconds: float, *, tries: int = 0, trouble: str = "") -> None:
    with path.open("r+b") as file:
        file.write(state_bytes(State(int(time.time() - seconds), tries, trouble)))
    os.utime(path, (time.time() - 1, time.time() - 1))


def next_try(box: str, name: str = "a", place: str = "cur") -> float:
    return Path(box, place, name).stat().st_mtime - time.time()


def state(box: str, name: str = "a", place: str = "cur") -> Any:  # noqa: ANN401
    return mails.Mail(Path(box, place, name).read_bytes()).state


# --- what becomes of a mail -----------------------------------------------------------------------------------------


def test_a_mail_that_was_sent_leaves_its_name(box: str) -> None:
    way, log = Says(), []
    put(box, "a", ENVELOPE, [RAW])
    assert send(box, way, log) == Sent(sent=1)
    assert way.given == [(ENVELOPE, RAW)]
    assert places(box) == {"sent": ["a"]}
    assert Path(box, "sent", "a").stat().st_size == 0
    assert log == ['outbox sent name=a recipients=2 to="bob@example.com carol@example.net"']
    assert send(box, way) == Sent()
    assert not put(box, "a", ENVELOPE, [RAW])


def test_where_nothing_was_ever_put_nothing_is_made(box: str) -> None:
    assert send(box, Says()) == Sent()
    assert not os.path.exists(box)


def test_who_may_not_look_is_not_told_that_there_is_nothing(box: str) -> None:
    put(box, "a", ENVELOPE, [RAW])
    user = os.geteuid()
    Path(box).chmod(0)
    if user == 0:
        os.seteuid(65534)
    try:
        with pytest.raises(PermissionError):
            send(box, Says())
        (problem,) = problems(box, "x.outbox")
        assert problem.fatal
    finally:
        os.seteuid(user)
        Path(box).chmod(0o700)
    assert send(box, Says()) == Sent(sent=1)


def test_a_mail_is_not_sent_before_its_time(box: str) -> None:
    way = Says()
    put(box, "a", ENVELOPE, [RAW], not_before=time.time() + HOUR)
    assert send(box, way) == send(box, way) == Sent()
    assert places(box) == {"new": ["a"]}
    assert HOUR - 60 < next_try(box, "a", "new") <= HOUR


def test_a_digest_grows_until_its_time_has_come(box: str) -> None:
    way = Says()
    for line in (b"one", b"two"):
        add_line(box, "a", line, begin=lambda: (ENVELOPE, b"\n"), not_before=time.time() + HOUR)
        assert send(box, way) == Sent()
    rewrite(Path(box, "new", "a"), 0)
    assert send(box, way) == Sent(sent=1)
    assert way.given == [(ENVELOPE, b"\none\ntwo\n")]


def test_a_mail_is_tried_again_after_ever_longer_pauses(box: str) -> None:
    put(box, "a", ENVELOPE, [RAW])
    pauses = []
    for tries, seconds in enumerate((0, 60, 600, HOUR, 24 * HOUR), 1):
        rewrite(Path(box, "cur" if tries > 1 else "new", "a"), seconds, tries=tries - 1)
        assert send(box, Says(later(BOB, CAROL))) == Sent(later=1)
        assert state(box)[1:] == (tries, "come again")
        pauses.append(round(next_try(box), -1))
        assert send(box, Says()) == Sent(), "not before"
    assert pauses == [60, 60, 600, HOUR, 4 * HOUR]


def test_a_mail_is_given_up_after_days(box: str) -> None:
    log: list[str] = []
    put_due(box, seconds=7 * 24 * HOUR + 1)
    assert send(box, Says(later(BOB, CAROL)), log) == Sent(failed=1)
    assert places(box) == {"failed": ["a"]}
    assert state(box, place="failed").trouble == "come again"
    assert log[0].endswith('trouble="come again"')
    assert mails.Mail(Path(box, "failed", "a").read_bytes()).envelope == ENVELOPE


def test_after_days_without_a_sender_it_is_tried_all_the_same(box: str) -> None:
    put_due(box, seconds=20 * 24 * HOUR)
    assert send(box, Says()) == Sent(sent=1)


def test_only_recipients_that_were_not_reached_are_tried_again(box: str) -> None:
    log: list[str] = []
    put(box, "a", ENVELOPE, [RAW])
    assert send(box, Says(later(CAROL)), log) == Sent(sent=1, later=1)
    assert [line.split()[1] for line in log] == ["sent", "later"]
    rewrite(Path(box, "cur", "a"), 60)
    way = Says()
    assert send(box, way) == Sent(sent=1)
    assert way.given == [(Envelope(sender=b"", recipients=(CAROL,)), RAW)]
    assert places(box) == {"sent": ["a"]}


def test_only_recipients_that_were_refused_are_given_up(box: str) -> None:
    put(box, "a", ENVELOPE, [RAW])
    log: list[str] = []
    assert send(box, Says(refused(BOB)), log) == Sent(sent=1, failed=1)
    assert mails.Mail(Path(box, "failed", "a").read_bytes()).envelope.recipients == (BOB,)
    assert log == [
        'outbox sent name=a recipients=1 to="carol@example.net"',
        'outbox failed name=a recipients=1 to="bob@example.com" trouble="nobody here"',
    ]


def test_one_is_refused_and_the_other_tried_again(box: str) -> None:
    put(box, "a", ENVELOPE, [RAW])
    log: list[str] = []
    way = Says(lambda: Answer(refused={BOB: "no"}, later={CAROL: "later"}))
    assert send(box, way, log) == Sent(later=1)
    assert sorted(line.split()[1] for line in log) == ["failed", "later"]
    assert mails.Mail(Path(box, "cur", "a").read_bytes()).envelope.recipients == (CAROL,)


def test_where_nobody_takes_mails_the_others_wait(box: str) -> None:
    for name in "abc":
        put(box, name, ENVELOPE, [RAW])
    way = Says(away)
    assert send(box, way) == Sent(later=1, away=True)
    assert len(way.given) == 1
    way.answer = Answer
    assert send(box, way) == Sent(sent=2)


def test_a_mail_that_is_too_much_for_the_memory_waits(box: str) -> None:
    def too_much() -> Answer:
        raise MemoryError

    put(box, "a", ENVELOPE, [RAW])
    assert send(box, Says(too_much)) == Sent(later=1)
    assert state(box).trouble == "not enough memory for it"


def test_a_mail_of_which_senders_die_holds_up_no_other_and_is_given_up(box: str) -> None:
    put_due(box, "a", HOUR)
    put_due(box, "b")

    def die() -> Answer:
        raise SystemExit

    with pytest.raises(SystemExit):
        send(box, Says(die))
    assert state(box).trouble == BEGUN
    assert send(box, Says()) == Sent(sent=1)
    assert places(box) == {"cur": ["a"], "sent": ["b"]}
    rewrite(Path(box, "cur", "a"), 8 * 24 * HOUR, tries=9, trouble=BEGUN)
    assert send(box, Says(die)) == Sent(failed=1)


@pytest.mark.parametrize("octets", [b"", b"x", b"x" * 600, b"qsfilter-outbox 1 0 0 \n"])
@pytest.mark.parametrize("place", ["new", "cur"])
def test_a_damaged_file_is_told_and_put_aside(box: str, octets: bytes, place: str) -> None:
    put(box, "a", ENVELOPE, [RAW])
    Path(box, "new", "a").unlink()
    Path(box, place, "z").write_bytes(octets)
    log: list[str] = []
    assert send(box, Says(), log) == Sent(failed=1)
    assert places(box) == {"failed": ["z"]}
    assert "damaged" in log[0]


def test_a_clock_that_was_wrong_keeps_no_mail_for_years(box: str) -> None:
    put(box, "a", ENVELOPE, [RAW])
    far = time.time() + 400 * 24 * HOUR
    rewrite(Path(box, "new", "a"), -400 * 24 * HOUR)
    os.utime(Path(box, "new", "a"), (far, far))
    assert send(box, Says()) == Sent(sent=1)


def test_names_and_mails_that_ended_long_ago_are_forgotten(box: str) -> None:
    put(box, "a", ENVELOPE, [RAW])
    for place, name, days in (("sent", "b", 31), ("sent", "c", 29), ("failed", "d", 31), ("tmp", "e", 2)):
        Path(box, place, name).write_bytes(b"x")
        then = time.time() - days * 24 * HOUR
        os.utime(Path(box, place, name), (then, then))
    send(box, Says())
    assert places(box) == {"sent": ["a", "b", "c"], "failed": ["d"], "tmp": ["e"]}, "once an hour is enough"
    os.utime(Path(box, mails.LOCK), (0, 0))
    send(box, Says())
    assert places(box) == {"sent": ["a", "c"]}
    assert Path(box, "sent", "c").stat().st_size == 0


def test_what_is_remembered_has_a_bound(box: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mails, "MOST_NAMES", 2)
    monkeypatch.setattr(mails, "MOST_FAILED", 1)
    for number in range(4):
        put(box, f"a.{number}", ENVELOPE, [RAW])
        put(box, f"b.{number}", ENVELOPE, [RAW])
        Path(box, "new", f"b.{number}").rename(Path(box, "failed", f"b.{number}"))
        os.utime(Path(box, "failed", f"b.{number}"), (time.time() - 10 + number,) * 2)
        send(box, Says())
        os.utime(Path(box, "sent", f"a.{number}"), (time.time() - 10 + number,) * 2)
    os.utime(Path(box, mails.LOCK), (0, 0))
    send(box, Says())
    assert places(box) == {"sent": ["a.2", "a.3"], "failed": ["b.3"]}


def test_only_one_sends(box: str) -> None:
    put(box, "a", ENVELOPE, [RAW])
    with mails.sending(box) as mine:
        assert mine
        assert send(box, Says()) == Sent(busy=True)
    assert send(box, Says()) == Sent(sent=1)


def test_no_line_of_the_log_has_a_line_in_it(box: str) -> None:
    envelope = Envelope(sender=b"", recipients=(b'a"\n\xff@example.com',))
    put(box, "a", envelope, [RAW])
    log: list[str] = []
    send(box, Says(lambda: Answer(later={envelope.recipients[0]: 'x"\r\n\x1b' * 500})), log)
    (line,) = log
    assert line.isascii()
    assert line.isprintable()
    assert line.count('"') == 4
    assert len(line) < 700


def test_where_nothing_can_be_written_no_mail_is_tried(box: str) -> None:
    put(box, "a", ENVELOPE, [RAW])
    way = Says()
    with no_file_above(0):
        assert send(box, way) == Sent(later=1)
        assert send(box, way) == Sent(), "put off all the same"
    assert way.given == []
    rewrite(Path(box, "cur", "a"), 0)
    assert send(box, way) == Sent(sent=1)


def test_on_a_full_disk_somebody_may_get_a_mail_twice_but_nobody_loses_one(box: str) -> None:
    put(box, "a", ENVELOPE, [RAW * 100])
    with no_file_above(1000):
        assert send(box, Says(later(BOB))) == Sent(later=1)
    assert mails.Mail(Path(box, "cur", "a").read_bytes()).envelope == ENVELOPE
    assert next_try(box) > 30
    put(box, "b", ENVELOPE, [RAW * 100])
    with no_file_above(1000):
        assert send(box, Says()) == Sent(sent=1)
    assert places(box) == {"cur": ["a"], "sent": ["b"]}


def test_a_mail_that_was_sent_and_can_not_be_put_away_is_tried_less_and_less(
    box: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    put_due(box, seconds=HOUR)
    monkeypatch.setattr(mails, "end", full)
    way = Says()
    assert send(box, way) == Sent(later=1)
    assert len(way.given) == 1
    assert next_try(box) > HOUR - 60, "or it would go out every minute"


def test_a_damaged_mail_that_can_not_be_put_away_holds_up_no_other(box: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = mails.end

    def full(folder: str, waiting: mails.Waiting, place: str) -> None:
        if place == "failed":
            raise OSError(errno.ENOSPC, "No space left on device")
        ended(folder, waiting, place)

    put_due(box, "a")
    Path(box, "new", "a").write_bytes(b"x")
    put(box, "b", ENVELOPE, [RAW])
    monkeypatch.setattr(mails, "end", full)
    assert send(box, Says()) == Sent(sent=1, later=1)
    assert places(box) == {"new": ["a"], "sent": ["b"]}
    assert next_try(box, "a", "new") > 30


def test_a_length_that_is_damaged_costs_no_memory(box: str) -> None:
    put_due(box)
    path = Path(box, "new", "a")
    path.write_bytes(path.read_bytes()[:512] + b"999999999999:")
    assert send(box, Says()) == Sent(failed=1)


def test_a_mail_may_have_as_many_recipients_as_an_envelope_holds(box: str) -> None:
    recipients = tuple(b"user%d@%s.example.com" % (number, b"x" * 60) for number in range(60_000))
    put(box, "a", Envelope(sender=b"", recipients=recipients), [RAW])
    way = Says()
    assert send(box, way) == Sent(sent=1)
    assert way.given == [(Envelope(sender=b"", recipients=recipients), RAW)]


# --- by programs ----------------------------------------------------------------------------------------------------


def queue_of(tmp_path: Path) -> tuple[QueueStandIn, ByQueue]:
    stand_in = QueueStandIn(str(tmp_path / "queue"))
    return stand_in, ByQueue(queue=QmailQueue(program=(stand_in.program,)))


def test_the_queue_program_gets_envelope_and_message_as_they_were_put(
    box: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QMAILQUEUE", "/nonexistent")
    stand_in, way = queue_of(tmp_path)
    put(box, "a", ENVELOPE, [RAW])
    assert send(box, way) == Sent(sent=1)
    (queued,) = stand_in.queued
    assert (queued.envelope, queued.message) == (envelope_bytes(ENVELOPE), RAW)
    (told,) = stand_in.states
    assert not [line for line in told["environment"] if line.startswith("QMAILQUEUE=")]


@pytest.mark.parametrize(
    ("code", "done"), [(11, "failed"), (31, "failed"), (40, "failed"), (41, "cur"), (53, "cur"), (81, "cur")]
)
def test_the_queue_programs_exit_code_decides(box: str, tmp_path: Path, code: int, done: str) -> None:
    stand_in, way = queue_of(tmp_path)
    stand_in.exit_with(code)
    put(box, "a", ENVELOPE, [RAW])
    send(box, way)
    assert places(box) == {done: ["a"]}
    assert state(box, place=done).trouble == f"{stand_in.program} ended with {code}"


def test_a_queue_program_that_dies_or_is_not_there_means_later(box: str, tmp_path: Path) -> None:
    stand_in, way = queue_of(tmp_path)
    stand_in.die_by(signal.SIGKILL)
    put(box, "a", ENVELOPE, [RAW])
    assert send(box, way) == Sent(later=1)
    put(box, "b", ENVELOPE, [RAW])
    assert send(box, ByQueue(queue=QmailQueue(program=("/nonexistent/queue",)))) == Sent(later=1, away=True)
    assert places(box) == {"cur": ["a", "b"]}


PROGRAM = """#!{python} -IS
import json, os, sys
with open({directory!r} + "/told", "w") as file:
    json.dump([sys.argv[1:], sys.stdin.buffer.read().decode("latin-1"), sorted(os.environ)], file)
sys.stderr.write("no such user\\n")
sys.exit({code})
"""


@contextmanager
def program(tmp_path: Path, code: int = 0, source: str = PROGRAM) -> Iterator[tuple[str, Callable[[], Any]]]:
    path = tmp_path / "program"
    path.write_text(source.format(python=os.path.realpath(sys.executable), directory=str(tmp_path), code=code))
    path.chmod(stat.S_IRWXU)
    yield str(path), lambda: json.loads((tmp_path / "told").read_text())


@pytest.mark.parametrize(("make", "option"), [(by_inject, "-a"), (by_sendmail, "-i")])
def test_a_mail_program_gets_the_envelope_as_arguments(
    box: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[tuple[str, ...]], ByProgram],
    option: str,
) -> None:
    monkeypatch.setenv("QMAILQUEUE", "/nonexistent")
    monkeypatch.setenv("QMAILINJECT", "f")
    put(box, "a", ENVELOPE, [RAW])
    with program(tmp_path) as (path, told):
        assert send(box, make((path, "-x"))) == Sent(sent=1)
    arguments, message, environment = told()
    assert arguments == ["-x", option, "-f", "", "--", BOB.decode(), CAROL.decode()]
    assert message.encode("latin-1") == RAW
    assert not {"QMAILQUEUE", "QMAILINJECT"} & set(environment)


def test_recipients_that_are_too_many_for_a_program_hold_up_no_other_mail(box: str, tmp_path: Path) -> None:
    many = tuple(b"user%d@%s.example.com" % (number, b"x" * 60) for number in range(60_000))
    put(box, "a", Envelope(sender=b"", recipients=many), [RAW])
    os.utime(Path(box, "new", "a"), (0, 0))
    put(box, "b", ENVELOPE, [RAW])
    with program(tmp_path) as (path, told):
        assert send(box, by_inject((path,))) == Sent(sent=1, later=1)
    assert told()[0][-1] == CAROL.decode()
    assert "too long" in state(box).trouble


@pytest.mark.parametrize(
    ("code", "done"), [(100, "failed"), (67, "failed"), (111, "cur"), (75, "cur"), (64, "cur"), (1, "cur")]
)
def test_a_mail_programs_exit_code_decides(box: str, tmp_path: Path, code: int, done: str) -> None:
    put(box, "a", ENVELOPE, [RAW])
    with program(tmp_path, code) as (path, _):
        send(box, by_inject((path,)))
    assert places(box) == {done: ["a"]}
    assert state(box, place=done).trouble == f"{path} ended with {code}: no such user"


@pytest.mark.parametrize(
    "address",
    [b"-t", b"-oQ/x@example.com", b"|sh@example.com", b"a b@c", b"a,b@c", b"a\n@c", b"root", b":include:/x@c"],
)
def test_no_address_becomes_anything_but_an_address(box: str, tmp_path: Path, address: bytes) -> None:
    put(box, "a", Envelope(sender=b"s@example.com", recipients=(address, BOB)), [RAW])
    put(box, "b", Envelope(sender=address, recipients=(BOB,)), [RAW])
    with program(tmp_path) as (path, told):
        assert send(box, by_sendmail((path,))) == Sent(sent=1, failed=2)
    assert told()[0] == ["-i", "-f", "s@example.com", "--", BOB.decode()]


def test_what_takes_too_long_is_tried_again(box: str, tmp_path: Path) -> None:
    alarm = signal.getsignal(signal.SIGALRM)
    put(box, "a", ENVELOPE, [RAW])
    try:
        with program(tmp_path, source="#!/bin/sh\nexec sleep 600\n") as (path, _):
            assert send(box, by_inject((path,)), guard=Alarm(), timeout=0.3) == Sent(later=1)
            rewrite(Path(box, "cur", "a"), 0)
            queue = ByQueue(queue=QmailQueue(program=(path,)))
            assert send(box, queue, guard=Alarm(), timeout=0.3) == Sent(later=1)
    finally:
        signal.signal(signal.SIGALRM, alarm)
    assert state(box).trouble == "no answer within 0.3 s"
    left = subprocess.run(["pgrep", "-P", str(os.getpid()), "sleep"], check=False, capture_output=True, text=True)
    for pid in map(int, left.stdout.split()):  # a queue program is never signalled by us, so it is still there
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    assert len(left.stdout.split()) == 1


# --- by SMTP --------------------------------------------------------------------------------------------------------


@dataclass
class Sink:
    """A server that takes what it is told to take."""

    codes: dict[str, str] = field(default_factory=dict)
    """Answers: for `MAIL`, for a recipient, for `DATA`."""
    taken: list[tuple[str | None, list[str], bytes]] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, session: Session, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        """Answer MAIL."""
        envelope.mail_from = address
        return self.codes.get("MAIL", "250 ok")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        """Answer RCPT."""
        code = self.codes.get(address, "250 ok")
        if code.startswith("2"):
            envelope.rcpt_tos.append(address)
        return code

    async def handle_DATA(self, server: SMTP, session: Session, envelope: SmtpEnvelope) -> str:  # noqa: N802
        """Take the message."""
        code = self.codes.get("DATA", "250 ok")
        if code.startswith("2"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.taken.append((envelope.mail_from, envelope.rcpt_tos, content))
        return code


@pytest.fixture
def sink() -> Iterator[tuple[Sink, BySmtp]]:
    """Start a server on a free port of the loopback."""
    handler = Sink()
    with _server(handler) as way:
        yield handler, way


@contextmanager
def _server(handler: Sink, **options: Any) -> Iterator[BySmtp]:  # noqa: ANN401
    loop = asyncio.new_event_loop()
    making = loop.create_server(lambda: SMTP(handler, hostname="localhost", **options), "127.0.0.1", 0)
    server = loop.run_until_complete(making)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def end() -> None:
        server.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    try:
        yield BySmtp(host="127.0.0.1", port=server.sockets[0].getsockname()[1], timeout=10)
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_a_server_gets_envelope_and_message(box: str, sink: tuple[Sink, BySmtp]) -> None:
    handler, way = sink
    put(box, "a", ENVELOPE, [RAW])
    put(box, "b", Envelope(sender=b"s@example.com", recipients=(BOB,)), [b"a\rb\nc"])
    assert send(box, way) == Sent(sent=2)
    content = b"Subject: notice\r\n\r\n.\r\n..two\r\nFrom here\r\nend\xff\r\n"
    assert handler.taken == [
        ("<>", [BOB.decode(), CAROL.decode()], content),
        ("s@example.com", [BOB.decode()], b"a\r\nb\r\nc\r\n"),
    ]


def test_a_server_refuses_some(box: str, sink: tuple[Sink, BySmtp]) -> None:
    handler, way = sink
    dave = b"dave@example.org"
    handler.codes = {BOB.decode(): "550 nobody here", CAROL.decode(): "450 greylisted"}
    put(box, "a", Envelope(sender=b"", recipients=(BOB, CAROL, dave)), [RAW])
    log: list[str] = []
    assert send(box, way, log) == Sent(sent=1, later=1)
    assert [rcpt for _, rcpts, _ in handler.taken for rcpt in rcpts] == [dave.decode()]
    assert {line.split()[1]: line.rpartition("trouble=")[2] for line in log[1:]} == {
        "later": '"450 greylisted"',
        "failed": '"550 nobody here"',
    }
    handler.codes = {}
    rewrite(Path(box, "cur", "a"), 60)
    assert send(box, way) == Sent(sent=1)
    assert [rcpt for _, rcpts, _ in handler.taken for rcpt in rcpts] == [dave.decode(), CAROL.decode()]


@pytest.mark.parametrize(
    ("at", "code", "done"),
    [
        ("MAIL", "451 later", "cur"),
        ("MAIL", "550 no", "failed"),
        ("MAIL", "530 authenticate first", "cur"),
        ("DATA", "451 later", "cur"),
        ("DATA", "554 no", "failed"),
        ("DATA", "421 going down", "cur"),
    ],
)
def test_a_server_answers_for_all(box: str, sink: tuple[Sink, BySmtp], at: str, code: str, done: str) -> None:
    handler, way = sink
    handler.codes = {at: code}
    put(box, "a", ENVELOPE, [RAW])
    send(box, way)
    assert places(box) == {done: ["a"]}
    assert state(box, place=done).trouble == code
    assert mails.Mail(Path(box, done, "a").read_bytes()).envelope == ENVELOPE


def test_an_address_that_is_not_ascii_needs_a_server_that_knows_them(box: str) -> None:
    envelope = Envelope(sender=b"", recipients=("bób@example.com".encode(),))
    handler = Sink()
    put(box, "a", envelope, [RAW])
    put(box, "b", envelope, [RAW])
    with _server(handler, enable_SMTPUTF8=True) as way:
        os.rename(f"{box}/new/b", f"{box}/tmp/b")
        assert send(box, way) == Sent(sent=1)
        os.rename(f"{box}/tmp/b", f"{box}/new/b")
    with _server(handler) as way:
        assert send(box, way) == Sent(failed=1)
    assert [rcpts for _, rcpts, _ in handler.taken] == [["bób@example.com"]]


@pytest.mark.parametrize("address", [b"a> SIZE=1 <b@example.com", b"a\r\nRSET\r\n@c", b"\xff@example.com"])
def test_no_address_becomes_a_command(box: str, sink: tuple[Sink, BySmtp], address: bytes) -> None:
    handler, way = sink
    put(box, "a", Envelope(sender=b"", recipients=(address, BOB)), [RAW])
    assert send(box, way) == Sent(sent=1, failed=1)
    assert [rcpts for _, rcpts, _ in handler.taken] == [[BOB.decode()]]
    assert mails.Mail(Path(box, "failed", "a").read_bytes()).envelope.recipients == (address,)


def test_where_no_server_listens_all_mails_wait(box: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    put(box, "a", ENVELOPE, [RAW])
    assert send(box, BySmtp(host="127.0.0.1", port=port, timeout=5)) == Sent(later=1, away=True)
    assert "refused" in state(box).trouble


def test_a_host_that_is_no_name_is_away(box: str) -> None:
    put(box, "a", ENVELOPE, [RAW])
    assert send(box, BySmtp(host="mx..example.com", port=25, timeout=5)) == Sent(later=1, away=True)


def test_a_server_that_says_nothing_or_hangs_up_is_away(box: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        way = BySmtp(host="127.0.0.1", port=silent.getsockname()[1], timeout=0.2)
        put(box, "a", ENVELOPE, [RAW])
        assert send(box, way) == Sent(later=1, away=True)
    assert state(box).trouble


def test_what_a_server_took_is_sent_once_although_it_never_says_good_bye(box: str) -> None:
    answers = [b"220 here", b"250 hello", b"250 sender", b"250 bob", b"250 carol", b"354 go on", b"250 taken"]

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            for answer in answers:
                connection.sendall(answer + b"\r\n")
                while answer.startswith(b"354") and lines.readline() != b".\r\n":
                    pass
                if not answer.startswith(b"354"):
                    lines.readline()
            lines.read()  # until the other side hangs up

    put(box, "a", ENVELOPE, [RAW])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        server = threading.Thread(target=serve, args=(listener,), daemon=True)
        server.start()
        way = BySmtp(host="127.0.0.1", port=listener.getsockname()[1], timeout=20)
        assert send(box, way, guard=Alarm(), timeout=2) == Sent(sent=1)
        server.join()
    assert places(box) == {"sent": ["a"]}


def test_a_session_is_encrypted_where_the_server_offers_it(box: str, tmp_path: Path) -> None:
    key, certificate = str(tmp_path / "key"), str(tmp_path / "certificate")
    subject = ["-subj", "/CN=localhost", "-days", "2", "-keyout", key, "-out", certificate]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    handler = Sink()
    put(box, "a", ENVELOPE, [RAW])
    with _server(handler, tls_context=context, require_starttls=True) as way:
        assert send(box, way) == Sent(sent=1)
    assert len(handler.taken) == 1


# --- processes ------------------------------------------------------------------------------------------------------


SENDER = """if True:
    import sys
    from qsfilter import QmailQueue
    from qsfilter.outbox.sending import Sender
    from qsfilter.outbox.settings import Outbox
    from qsfilter.outbox.ways import ByQueue
    way = ByQueue(queue=QmailQueue(program=(sys.argv[2],)))
    Sender(outbox=Outbox(path=sys.argv[1]), way=way, say=lambda line: print(line, flush=True)).send_due()
"""


def start(box: str, program: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", SENDER, box, program], stdout=subprocess.PIPE, text=True)


def test_two_senders_at_once_send_each_mail_once(box: str, tmp_path: Path) -> None:
    stand_in, _ = queue_of(tmp_path)
    for number in range(10):
        put(box, f"a.{number}", Envelope(sender=b"", recipients=(b"%d@example.com" % number,)), [RAW])
    for child in [start(box, stand_in.program) for _ in range(2)]:
        child.communicate(timeout=60)
        assert child.returncode == 0
    assert sorted(queued.envelope for queued in stand_in.queued) == sorted(
        envelope_bytes(Envelope(sender=b"", recipients=(b"%d@example.com" % number,))) for number in range(10)
    )
    assert len(places(box)["sent"]) == 10


def test_no_mail_is_lost_however_often_the_sender_is_killed(box: str, tmp_path: Path) -> None:
    stand_in, _ = queue_of(tmp_path)
    numbers = range(12)
    for number in numbers:
        put(box, f"a.{number}", Envelope(sender=b"", recipients=(b"%d@example.com" % number,)), [RAW])
    for attempt in range(6):
        child = start(box, stand_in.program)
        assert child.stdout
        with child.stdout:
            child.stdout.readline()
            time.sleep(attempt * 0.01)
            child.kill()
            child.wait()
        for left in places(box).get("cur", ()):  # each was put off for a minute before it was tried
            os.utime(Path(box, "cur", left), (1, 1))
    child = start(box, stand_in.program)
    child.communicate(timeout=60)
    taken = Counter(queued.envelope for queued in stand_in.queued)
    assert set(taken) == {
        envelope_bytes(Envelope(sender=b"", recipients=(b"%d@example.com" % number,))) for number in numbers
    }
    assert sum(taken.values()) <= len(numbers) + 6, "a crash is one duplicate at worst"
    assert len(places(box)["sent"]) == 12
    assert set(places(box)) == {"sent"}
