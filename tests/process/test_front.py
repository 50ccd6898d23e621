"""The front keeps the contract as the wrapper does, believes no service what makes no sense, and leaves nothing behind.

The tests that it is imported with are the wrapper's own, run with the front in its place and a service behind it.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qsfilter.cli import build_front
from qsfilter.cli.check_service import service_problems
from qsfilter.edge import edge, read
from qsfilter.errors import ConfigError
from qsfilter.queue.front import SOURCE, Settings, build, literal, problems
from qsfilter.queue.protocol import FORWARDED
from qsfilter.testing.caller import FIRST_OWN, call
from qsfilter.transport import REMOVED
from tests.process.front_place import LINES, UNTIL_IT_HANGS_UP, Fronts, Service, answer
from tests.process.test_contract import (
    call_and_die,
    one_line,
    test_a_big_message_lies_on_disk_without_a_name,
    test_a_message_is_handed_over_in_the_same_bytes_below_our_lines,
    test_a_queue_program_that_cant_be_started_is_a_temporary_failure,
    test_a_queue_program_that_is_ourselves_is_refused,
    test_a_slow_sender_is_waited_for,
    test_an_envelope_is_handed_over_in_the_same_bytes,
    test_an_envelope_that_is_not_whole_queues_nothing,
    test_the_envelope_is_left_alone_until_the_message_has_ended,
    test_the_message_is_read_first_however_long_it_is,
    test_the_queue_programs_death_is_the_answer,
    test_the_queue_programs_exit_code_is_the_answer,
    test_what_follows_the_last_nul_is_not_part_of_the_envelope,
    test_without_a_log_mail_flows,
    test_without_message_or_envelope_nothing_is_queued,
    wait_until_read,
    waiting,
)
from tests.process.test_dialects import (
    NO_WAYS,
    TALKER,
    WAYS,
    Way,
    test_mail_that_is_handed_over_has_no_text,
    test_what_is_no_pipe_is_not_written_to,
    test_where_no_text_is_taken_the_plain_code_says_it,
)
from tests.process.test_environment import (
    test_message_and_envelope_are_files_at_their_start,
    test_no_descriptor_of_ours_reaches_what_the_queue_program_starts,
    test_the_environment_is_the_callers_without_what_misleads,
    test_the_queue_program_is_given_what_the_caller_gives,
    test_the_queue_program_starts_with_the_callers_signals_and_rights,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import FileIO

    from qsfilter.testing.caller import Answer
    from tests.process.conftest import Site

pytestmark = [pytest.mark.servers]

OF_THE_WRAPPER = (
    test_a_big_message_lies_on_disk_without_a_name,
    test_a_message_is_handed_over_in_the_same_bytes_below_our_lines,
    test_a_queue_program_that_cant_be_started_is_a_temporary_failure,
    test_a_queue_program_that_is_ourselves_is_refused,
    test_a_slow_sender_is_waited_for,
    test_an_envelope_is_handed_over_in_the_same_bytes,
    test_an_envelope_that_is_not_whole_queues_nothing,
    test_mail_that_is_handed_over_has_no_text,
    test_message_and_envelope_are_files_at_their_start,
    test_no_descriptor_of_ours_reaches_what_the_queue_program_starts,
    test_the_envelope_is_left_alone_until_the_message_has_ended,
    test_the_environment_is_the_callers_without_what_misleads,
    test_the_message_is_read_first_however_long_it_is,
    test_the_queue_program_is_given_what_the_caller_gives,
    test_the_queue_program_starts_with_the_callers_signals_and_rights,
    test_the_queue_programs_death_is_the_answer,
    test_the_queue_programs_exit_code_is_the_answer,
    test_what_follows_the_last_nul_is_not_part_of_the_envelope,
    test_what_is_no_pipe_is_not_written_to,
    test_where_no_text_is_taken_the_plain_code_says_it,
    test_without_a_log_mail_flows,
    test_without_message_or_envelope_nothing_is_queued,
)

TEXT = b'message refused: malware EICAR-Test-File in "harmless.txt" (id 0123456789abcdef)'
BUSY = "try again later: the filter is busy"
NOT_RUNNING = "try again later: the filter is not running"
GONE = "qsfilter: exit=71 error=the caller is gone; nothing is queued\n"
ROOM = 1 << 16


@pytest.fixture(scope="module")
def fronts(tmp_path_factory: pytest.TempPathFactory) -> Fronts:
    """Return the fronts of this module."""
    for tool in ("gcc", "clang", "valgrind"):
        assert shutil.which(tool), f"install {tool}"
    return Fronts(tmp_path_factory.mktemp("f"))


@pytest.fixture
def service(fronts: Fronts) -> Iterator[Service]:
    """Return a service that hands every message over."""
    with Service(fronts.socket) as listening:
        yield listening


@pytest.fixture
def site(site: Site, fronts: Fronts, service: Service) -> Site:
    """Return a site whose wrapper is the front."""

    def configure(text: str = "", *, program: str = "", deliver: str = "") -> None:
        """Set what the tests of the wrapper set in its configuration."""
        fronts.become(program or site.queue.program)
        if dialect := re.search(r'reply = "(\w+)"', deliver):
            site.wrapper = fronts.built(reply=dialect[1])
        if action := re.search(r'malware = "(\w+)"', text):
            code = {"reject": 31, "defer": 71}[action[1]]
            service.says = lambda asked: [
                answer(0, code, text=TEXT) if asked.message == site.infected else answer(lines=LINES)
            ]

    site.wrapper = fronts.built()
    site.configure = configure  # type: ignore[method-assign]
    configure()
    return site


def test_it_is_held_to_what_the_wrapper_is_held_to() -> None:
    assert len({one.__name__ for one in OF_THE_WRAPPER}) == 22


# --- what it asks -----------------------------------------------------------------------------------------------------


def test_the_service_is_asked_by_the_protocol(site: Site, service: Service) -> None:
    for raw in (site.clean, b"", b"x" * (9 << 20)):
        assert site.call(raw).accepted
        asked = service.asked.pop()
        length = sum(len(name) + len(value) + 2 for name, value in asked.records.items())
        assert asked.head == (b"qsfilter", 1, 0, length)
        assert asked.records == {
            b"offset": b"65536",
            b"size": b"%d" % len(raw),
            b"envelope": b"%d" % len(site.envelope_sent),
        }
        assert (asked.message, asked.envelope) == (raw, site.envelope_sent)


def test_files_are_given_for_reading_only(site: Site, service: Service) -> None:
    for raw in (site.clean, b"x" * (9 << 20)):
        assert site.call(raw).accepted
        asked = service.asked.pop()
        assert [flags & os.O_ACCMODE for flags in asked.flags] == [os.O_RDONLY, os.O_RDONLY]
        assert asked.modes == (0o600, 0o600)  # by any other user they can't be opened for writing


def test_the_service_learns_who_the_client_is_and_no_more(site: Site, service: Service) -> None:
    values = {name.decode(): f"value of {name.decode()}" for name in FORWARDED}
    values |= {"RELAYCLIENT": "", "TCPREMOTEHOST": "h" * 5000, "TCPREMOTEINFO": "\udcff=\n"}
    assert site.call(site.clean, environment=site.environment(**values, QS_OTHER="x")).accepted
    told = {name: value for name, value in service.asked[0].records.items() if name.startswith(b"env.")}
    assert told == {b"env." + os.fsencode(name): os.fsencode(value)[:1024] for name, value in values.items()}


def test_nobody_is_asked_about_half_a_message(site: Site, service: Service) -> None:
    for envelope in (b"", b"Fa\0Tb\0", b"Fa\0X\0\0", b"F" + b"s" * 1003 + b"\0\0"):
        assert not site.call(site.clean, envelope).accepted
    assert not service.asked


def test_the_list_of_what_is_removed_is_the_wrappers() -> None:
    source = Path(SOURCE).read_bytes()
    for name in REMOVED | frozenset(FORWARDED):
        assert b'"%b"' % name in source


# --- what it is told: end ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [0, 11, 31, 51, 52, 53, 54, 55, 71, 81, 82, 88, 91, 100, 120, 255])
def test_it_ends_with_the_services_code(site: Site, service: Service, code: int) -> None:
    for text in (b"", TEXT):
        service.say(answer(0, code, text=text))
        told = site.call(site.clean)
        assert (told.code, told.log) == (code, "")
    assert site.untouched


@pytest.mark.parametrize(("code", "letter"), [(31, "D"), (71, "Z")])
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_refusal_comes_with_its_reason(
    site: Site, service: Service, fronts: Fronts, way: Way, code: int, letter: str
) -> None:
    site.wrapper = fronts.built(reply=way.dialect)
    longest = 1023 if way.dialect == "indimail" else 255
    for text in (TEXT, b"a\r\nb\0c\x1b[31m \xe4\xff " + b"x" * 1000):
        service.say(answer(0, code, text=text))
        told = way.called(site, site.clean)
        printable = "".join(char if " " <= char <= "~" else "?" for char in text.decode("latin-1"))
        assert (told.code, told.text) == (way.code, f"{letter}{printable}"[:longest])
        assert way.descriptor == 2 or not told.log
    for text in (b"", b"x"):
        service.say(answer(0, code, text=text))
        told = way.called(site, site.clean)
        assert (told.code, told.reply) == (code, b"")
    assert site.untouched


@pytest.mark.parametrize("way", [*WAYS, *NO_WAYS], ids=str)
def test_other_codes_have_no_text(site: Site, service: Service, fronts: Fronts, way: Way) -> None:
    site.wrapper = fronts.built(reply=way.dialect)
    for code in (0, 11, 51, 81):
        service.say(answer(0, code, text=TEXT))
        told = way.called(site, site.clean)
        assert (told.code, told.reply) == (code, b"")


@pytest.mark.parametrize("ignored", [True, False], ids=["SIGPIPE ignored", "SIGPIPE not ignored"])
def test_a_server_that_does_not_read_the_text_gets_the_plain_code(
    site: Site, service: Service, fronts: Fronts, ignored: bool
) -> None:
    service.say(answer(0, 31, text=TEXT))
    program = fronts.built(reply="notqmail")
    trap = "trap '' PIPE; " if ignored else ""
    shell = ["/bin/sh", "-c", f'{trap}exec 6>{site.folder}/fifo; sleep 0.1; exec "$0"', program]
    os.mkfifo(site.folder / "fifo")
    with subprocess.Popen(["/bin/sh", "-c", f"exec <{site.folder}/fifo"]) as reader:
        assert site.call(site.clean, program=shell).code == 31
        assert reader.wait(20) == 0


@pytest.mark.parametrize("named", ["0", "1"])
@pytest.mark.parametrize("dialect", ["sagredo", "indimail"])
def test_the_text_never_goes_where_the_mail_comes_from(
    site: Site, service: Service, fronts: Fronts, dialect: str, named: str
) -> None:
    service.say(answer(0, 31, text=TEXT))
    theirs, ours = socket.socketpair()
    with theirs, ours:
        ours.sendall(site.clean if named == "0" else site.envelope_sent)
        ours.shutdown(socket.SHUT_WR)
        pipe_out, pipe_in = os.pipe()
        os.write(pipe_in, site.envelope_sent if named == "0" else site.clean)
        os.close(pipe_in)
        message, envelope_ = (theirs.fileno(), pipe_out) if named == "0" else (pipe_out, theirs.fileno())
        done = subprocess.run(
            [fronts.built(reply=dialect)],
            env={"ERROR_FD": named},
            stdin=message,
            stdout=envelope_,
            check=False,
            timeout=20,
        )
        os.close(pipe_out)
        assert done.returncode == 31
        theirs.close()
        assert ours.recv(1000) == b""


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_the_queue_program_has_its_descriptor_2(site: Site, fronts: Fronts, way: Way) -> None:
    site.configure(program=site.script("talker", TALKER))
    site.wrapper = fronts.built(reply=way.dialect)
    told = way.called(site, site.clean)
    assert (told.code, told.reply, told.log) == (
        (0, b"said on 2\n", "") if way.descriptor == 2 else (0, b"", "said on 2\n")
    )


# --- what it is told: hand over ---------------------------------------------------------------------------------------

BIG = b"Subject: big\n\n" + b"0123456789abcdef" * (9 << 16)  # 9 MiB


@pytest.mark.parametrize("offset", [0, 1, 100, 70_000])
@pytest.mark.parametrize("length", [0, 1, 300, ROOM - 1, ROOM, ROOM + 1, 2 * ROOM, 1 << 20])
def test_lines_stand_in_front_of_the_received_bytes(site: Site, service: Service, length: int, offset: int) -> None:
    raw = b"".join(b"%07d\n" % number for number in range(10_000))
    lines = b"y" * length
    service.say(answer(lines=lines, offset=offset))
    assert site.call(raw).accepted
    (only,) = site.queue.queued
    assert (only.message == lines + raw[offset:], only.envelope) == (True, site.envelope_sent)


def test_lines_may_stand_in_place_of_the_whole_message(site: Site, service: Service) -> None:
    for raw in (b"", b"Subject: x\n\nbody\n"):
        service.say(answer(lines=b"anew\n", offset=len(raw)))
        assert site.call(raw).accepted
    assert [one.message for one in site.queue.queued] == [b"anew\n", b"anew\n"]


def test_many_lines_for_a_big_message(site: Site, service: Service) -> None:
    temporary = site.folder / "temporary"
    temporary.mkdir()
    for length in (300, 1 << 20, 16 << 20):
        lines = b"z" * length
        service.say(answer(lines=lines, offset=5))
        told = site.call(BIG, environment=site.environment(TMPDIR=str(temporary)))
        assert told.accepted, told
    assert {one.message for one in site.queue.queued} == {b"z" * size + BIG[5:] for size in (300, 1 << 20, 16 << 20)}
    assert not list(temporary.iterdir())


MANY = [b"r%d@example.com" % number for number in range(2000)]


@pytest.mark.parametrize("kept", [MANY[:1], MANY[-1:], MANY[::2], MANY[1:], MANY[:-1], MANY], ids=len)
def test_recipients_may_be_left_out(site: Site, service: Service, kept: list[bytes]) -> None:
    service.say(answer(lines=LINES, envelope=envelope(b"a@example.org", *kept)))
    assert site.call(site.clean, envelope(b"a@example.org", *MANY)).accepted
    assert site.queued() == (site.clean, envelope(b"a@example.org", *kept))


FOREIGN = {
    "another sender": b"Fmallory@example.net\0Tb@example.com\0\0",
    "another recipient": b"Fa@example.org\0Tmallory@example.net\0\0",
    "one more": b"Fa@example.org\0Tb@example.com\0Tc@example.com\0Tb@example.com\0\0",
    "another order": b"Fa@example.org\0Tc@example.com\0Tb@example.com\0\0",
    "twice": b"Fa@example.org\0Tb@example.com\0Tb@example.com\0\0",
    "nobody": b"Fa@example.org\0\0",
    "no sender": b"Tb@example.com\0\0",
    "no last NUL": b"Fa@example.org\0Tb@example.com\0",
    "no NUL": b"Fa@example.org\0Tb@example.com",
    "two ends": b"Fa@example.org\0Tb@example.com\0\0\0",
    "NUL": b"\0",
    "NULs": b"\0\0\0",
    "half an address": b"Fa@example.org\0Tb@example\0\0",
    "letters": b"Fa@example.org\0b@example.com\0\0",
}


@pytest.mark.parametrize("foreign", FOREIGN.values(), ids=FOREIGN)
def test_another_envelope_is_refused(site: Site, service: Service, foreign: bytes) -> None:
    service.say(answer(lines=LINES, envelope=foreign))
    failed(
        site, "makes no sense", site.call(site.clean, envelope(b"a@example.org", b"b@example.com", b"c@example.com"))
    )


@given(
    kept=st.lists(st.booleans(), min_size=1, max_size=6),
    change=st.sampled_from(["", "swap", "drop", "insert", "flip"]),
    data=st.data(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_whatever_envelope_comes_only_fewer_recipients_are_queued(
    site: Site, service: Service, kept: list[bool], change: str, data: st.DataObject
) -> None:
    recipients = [b"%d@example.com" % (number // 2) for number in range(len(kept))]
    given_ = envelope(b"a@example.org", *recipients)
    new = bytearray(envelope(b"a@example.org", *[one for one, keep in zip(recipients, kept, strict=True) if keep]))
    at = data.draw(st.integers(0, len(new) - 1))
    if change == "swap":
        new[at:] = new[:at:-1] + new[at : at + 1]
    elif change == "drop":
        del new[at]
    elif change == "insert":
        new.insert(at, data.draw(st.sampled_from(b"\0TF1")))
    elif change == "flip":
        new[at] ^= data.draw(st.sampled_from((1, 84, 255)))
    service.say(answer(lines=LINES, envelope=bytes(new)))
    clear(site)
    told = site.call(site.clean, given_)
    queued = [one.envelope for one in site.queue.queued]
    assert told.code == (0 if queued else 71)
    for one in queued:
        sender, *rest = one.split(b"\0")
        left = iter(given_.split(b"\0")[1:])
        assert sender == b"Fa@example.org"
        assert all(recipient in left for recipient in rest)
    if not change and any(kept):
        assert queued == [bytes(new)]


# --- a service that is none -------------------------------------------------------------------------------------------

RIGHT = answer(lines=LINES)
NONSENSE = {
    "another version": answer(lines=LINES, version=2),
    "version 0": answer(lines=LINES, version=0),
    "another magic": answer(lines=LINES, magic=b"QSFILTER"),
    "deed 2": answer(2, lines=LINES),
    "deed 255": answer(255, 255),
    "hand over with a code": answer(1, 31, lines=LINES),
    "hand over with a text": answer(1, text=TEXT, lines=LINES),
    "end with lines": answer(0, 0, lines=LINES),
    "end with an envelope": answer(0, 0, envelope=b"F\0\0"),
    "end with an offset": answer(0, 0, offset=1),
    "text too long": answer(0, 0, text=b"x" * 1025),
    "text far too long": answer(0, 0, lengths=(0xFFFFFFFF, 0, 0)),
    "lines too long": answer(lengths=(0, (1 << 24) + 1, 0)),
    "lines far too long": answer(lengths=(0, 0xFFFFFFFF, 0)),
    "envelope too long": answer(lengths=(0, 0, 57)),
    "envelope far too long": answer(lengths=(0, 0, 0xFFFFFFFF)),
    "offset past the end": answer(lines=LINES, offset=1 << 20),
    "offset far past the end": answer(lines=LINES, offset=(1 << 64) - 1),
    "negative offset": answer(lines=LINES, offset=1 << 63),
    "HTTP": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "NULs": bytes(1000),
    "nothing": b"",
    "half a head": RIGHT[:31],
    "half the lines": RIGHT[:-1],
    "no lines": RIGHT[:32],
    "half a text": answer(0, 0, text=TEXT)[:-1],
    "half an envelope": answer(lines=LINES, envelope=b"Falice@example.org\0Tbob@example.com\0\0")[:-1],
}


@pytest.mark.parametrize("nonsense", NONSENSE.values(), ids=NONSENSE)
def test_what_makes_no_sense_is_a_temporary_failure(site: Site, service: Service, nonsense: bytes) -> None:
    service.say(nonsense)
    failed(site, "service", site.call(site.clean))


@pytest.mark.parametrize("nonsense", [name for name in NONSENSE if "too long" in name or "offset" in name])
def test_lengths_are_looked_at_before_more_is_read(site: Site, service: Service, nonsense: str) -> None:
    service.say(NONSENSE[nonsense], UNTIL_IT_HANGS_UP)
    failed(site, "the service's answer makes no sense", site.call(site.clean))


def test_another_version_is_named(site: Site, service: Service) -> None:
    service.say(answer(lines=LINES, version=2))
    failed(site, "the service is of another version; build the front anew", site.call(site.clean))


HEADS = st.builds(
    answer,
    st.sampled_from([0, 1, 1, 1, 2]),
    st.sampled_from([0, 0, 31, 71, 255]),
    text=st.sampled_from([b"", TEXT]),
    lines=st.sampled_from([b"", LINES, b"x" * (ROOM + 9)]),
    envelope=st.sampled_from([b"", b"Falice@example.org\0Tbob@example.com\0\0", b"F\0\0"]),
    offset=st.sampled_from([0, 0, 3, 1 << 40, (1 << 64) - 1]),
    version=st.sampled_from([1, 1, 1, 1, 2]),
)


@given(said=HEADS | st.binary(max_size=80), cut=st.none() | st.integers(0, 100), flip=st.none() | st.integers(0, 90))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120)
def test_whatever_a_service_says_no_byte_is_altered_and_no_success_made_up(
    site: Site, service: Service, said: bytes, cut: int | None, flip: int | None
) -> None:
    changed = bytearray(said[:cut])
    if flip is not None and flip < len(changed):
        changed[flip] ^= 1 << flip % 8
    said = bytes(changed)
    service.say(said)
    clear(site)
    told = site.call(site.clean)
    head = said[:32]
    deed, code, lines_length = (*head[10:12], int.from_bytes(head[16:20], "big")) if len(head) == 32 else (-1, -1, 0)
    for one in site.queue.queued:
        lines = said[32 : 32 + lines_length]
        assert (deed, len(lines)) == (1, lines_length)
        assert one.message == lines + site.clean[int.from_bytes(head[24:32], "big") :]
        assert one.envelope in {site.envelope_sent, said[32 + lines_length :]}
    assert len(site.queue.queued) <= 1
    if told.code == 0:
        assert site.queue.queued or (deed, code) == (0, 0)
    elif deed != 0:
        assert told.code == 71
        assert one_line(told.log)


def test_a_service_that_says_it_byte_by_byte_is_heard(site: Site, service: Service) -> None:
    told = answer(lines=LINES, envelope=b"Falice@example.org\0Tcarol@example.com\0\0")
    service.say(*(piece for octet in told for piece in (bytes([octet]), 0.001)))
    assert site.call(site.clean).accepted
    assert site.queued() == (site.clean, b"Falice@example.org\0Tcarol@example.com\0\0")


@pytest.mark.parametrize("before", [b"", RIGHT[:20], RIGHT[:40]], ids=len)
def test_a_service_that_falls_silent_is_given_up(site: Site, service: Service, fronts: Fronts, before: bytes) -> None:
    site.wrapper = fronts.built(seconds=0.3)
    service.say(before, 1.0)
    failed(site, "did not answer in time", site.call(site.clean))


def test_a_service_that_never_comes_to_an_end_is_given_up(site: Site, service: Service, fronts: Fronts) -> None:
    site.wrapper = fronts.built(seconds=0.3)
    service.say(answer(lengths=(0, 1 << 20, 0)), *(piece for _ in range(40) for piece in (b"x", 0.02)))
    failed(site, "did not answer in time", site.call(site.clean))


def test_a_service_that_never_reads_is_given_up(site: Site, fronts: Fronts, service: Service) -> None:
    service.__exit__()
    site.wrapper = fronts.built(seconds=0.3)
    with listening(fronts.socket, 5):
        failed(site, "did not answer in time", site.call(site.clean))
    service.__enter__()


def test_a_service_that_hangs_up_is_a_temporary_failure(site: Site, fronts: Fronts, service: Service) -> None:
    service.__exit__()
    with listening(fronts.socket, 5) as bound, waiting(site) as (process, message_in, envelope_in):
        message_in.write(site.clean)
        message_in.close()
        envelope_in.write(site.envelope_sent)
        connection, _ = bound.accept()
        connection.close()  # with the request unread
        assert process.wait(20) == 71
    service.__enter__()
    assert site.untouched


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_busy_service_is_said_to_be_busy(site: Site, fronts: Fronts, service: Service, way: Way) -> None:
    service.__exit__()
    fallback = site.script("fallback", "#!/bin/sh\nexit 0\n")
    site.wrapper = fronts.built(reply=way.dialect)
    with listening(fronts.socket, 0), socket.socket(socket.AF_UNIX) as other:
        other.connect(fronts.socket)
        told = way.called(site, site.clean)
        assert (told.code, told.text) == (way.code, f"Z{BUSY}")
        plain = site.call(site.clean, program=fronts.built(fallback=(fallback,)))
        assert plain.code == 71  # whatever the fallback would have said
        assert plain.log == f"qsfilter: exit=71 error={BUSY}\n"
    service.__enter__()
    assert site.untouched


def test_a_socket_that_cant_be_reached_is_no_reason_to_fall_back(site: Site, fronts: Fronts) -> None:
    fallback = site.script("fallback", "#!/bin/sh\nexit 0\n")
    (fronts.folder / "file").touch()
    datagrams = str(fronts.folder / "datagrams")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.bind(datagrams)
        for path in (f"{fronts.folder}/file/socket", datagrams):
            site.wrapper = fronts.built(socket=path, fallback=(fallback,))
            failed(site, "can't reach the service", site.call(site.clean))


# --- no service -------------------------------------------------------------------------------------------------------


@contextmanager
def nobody(service: Service, *, socket_left: bool) -> Iterator[None]:
    """Let nobody listen, as after a crash (SOCKET_LEFT) or before the first start."""
    service.__exit__()
    if socket_left:
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(service.path)
    try:
        yield
    finally:
        Path(service.path).unlink(missing_ok=True)
        service.__enter__()


@pytest.mark.parametrize("socket_left", [True, False], ids=["socket left", "no socket"])
@pytest.mark.parametrize("way", [*WAYS, Way("plain", 82, 6)], ids=str)
def test_without_a_service_mail_is_put_off(
    site: Site, fronts: Fronts, service: Service, way: Way, socket_left: bool
) -> None:
    site.wrapper = fronts.built(reply=way.dialect)
    with nobody(service, socket_left=socket_left):
        told = way.called(site, site.clean)
    if way.dialect == "plain":
        assert told.code == 71
    else:
        assert (told.code, told.text) == (way.code, f"Z{NOT_RUNNING}")
    if way.descriptor != 2:
        assert told.log == f"qsfilter: exit=71 error={NOT_RUNNING}\n"
    assert site.untouched


@pytest.mark.parametrize("socket_left", [True, False], ids=["socket left", "no socket"])
def test_without_a_service_the_fallback_gets_everything_as_it_came(
    site: Site, fronts: Fronts, service: Service, socket_left: bool
) -> None:
    site.wrapper = fronts.built(fallback=(site.queue.program, "--all", "two words"))
    fronts.become("/no/such/program")
    for raw in (b"", site.clean, BIG):
        with nobody(service, socket_left=socket_left):
            told = site.call(raw, environment=site.environment(QMAILQUEUE="/x", IFS="x"))
        assert told.accepted, told
    assert {one.message for one in site.queue.queued} == {b"", site.clean, BIG}
    assert {one.envelope for one in site.queue.queued} == {site.envelope_sent}
    state = site.queue.states[0]
    assert state["argv"] == ["--all", "two words"]
    assert state["descriptors"] == [0, 1, 2]
    assert {"QMAILQUEUE=/x", "IFS=x", f"QSFILTER_CONFIG={site.config}"} <= set(state["environment"])


def test_the_fallback_may_be_the_real_wrapper(site: Site, fronts: Fronts, service: Service) -> None:
    wrapper = build_front.wrapper_beside_us()
    type(site).configure(site)  # the file, which the wrapper reads
    site.wrapper = fronts.built(fallback=(wrapper,))
    with nobody(service, socket_left=False):
        assert site.call(site.clean).accepted
        assert site.queued() == (site.clean, site.envelope_sent)
        assert site.call(site.infected).accepted
    assert len(site.queue.queued) == 1
    assert len(site.kept) == 1


def test_a_fallback_that_cant_be_started_is_a_temporary_failure(site: Site, fronts: Fronts, service: Service) -> None:
    site.wrapper = fronts.built(fallback=("/no/such/wrapper",))
    with nobody(service, socket_left=False):
        told = site.call(site.clean)
    assert (told.code, told.log) == (120, "qsfilter: exit=120 error=/no/such/wrapper: No such file or directory\n")


def test_a_fallback_that_is_the_front_itself_is_refused(site: Site, fronts: Fronts, service: Service) -> None:
    link = site.folder / "fallback"
    site.wrapper = fronts.built(fallback=(str(link),))
    link.symlink_to(site.wrapper)
    with nobody(service, socket_left=False):
        told = site.call(site.clean)
    assert told.code == 81
    assert one_line(told.log)


# --- time, disk, the caller -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [b"", b"half a message"], ids=len)
def test_a_sender_that_falls_silent_is_given_up(site: Site, fronts: Fronts, service: Service, first: bytes) -> None:
    site.wrapper = fronts.built(idle_seconds=1)
    with waiting(site) as (process, message_in, _):
        message_in.write(first)
        assert process.wait(20) == 52
    with waiting(site) as (process, message_in, envelope_in):
        message_in.close()
        envelope_in.write(b"Fa\0" + first)
        if first:
            assert process.wait(20) == 91
        else:
            assert process.wait(20) == 52
    assert site.untouched
    assert not service.asked


def test_a_sender_that_never_ends_is_given_up(site: Site, fronts: Fronts, service: Service) -> None:
    site.wrapper = fronts.built(whole_seconds=1)
    with waiting(site) as (process, message_in, _):
        for _ in range(1000):
            if process.poll() is not None:
                break
            with suppress(BrokenPipeError):
                message_in.write(b"x")
            time.sleep(0.02)
        assert process.wait(20) == 52
    assert not service.asked


@pytest.mark.parametrize("room", [0, 1000, ROOM, ROOM + 100, 1 << 20, 10 << 20])
def test_a_full_disk_is_a_write_error(site: Site, service: Service, room: int) -> None:
    """The bound on the size of files stands for it; the kernel's signal for that one never comes."""
    shell = ["/bin/sh", "-c", f'exec prlimit --fsize={room}:{room} "$0"', site.wrapper]
    told = site.call(b"x" * (12 << 20), program=shell)
    assert told.code == 53
    assert one_line(told.log)
    assert "File too large" in told.log
    assert not service.asked


def test_a_folder_that_takes_no_files_is_a_write_error(site: Site, service: Service) -> None:
    for folder in ("/proc", "/no/such/folder", str(site.config)):
        told = site.call(BIG, environment=site.environment(TMPDIR=folder))
        assert told.code == 53
        assert one_line(told.log)
    assert not service.asked


def test_an_envelope_past_its_bound_is_refused(site: Site, fronts: Fronts, service: Service) -> None:
    site.wrapper = fronts.built(envelope_bytes=100_000)
    assert site.call(site.clean, envelope(b"a", *[b"r" * 999] * 99)).accepted
    told = site.call(site.clean, envelope(b"a", *[b"r" * 999] * 200))
    assert (told.code, len(service.asked)) == (51, 1)


def test_nothing_is_queued_for_a_caller_that_is_gone(site: Site, service: Service) -> None:
    service.say(0.7, answer(lines=LINES))
    log = call_and_die(site, site.wrapper, site.clean)
    assert site.untouched
    assert "caller is gone" in log


def test_nobody_is_asked_for_a_caller_that_is_gone(site: Site, service: Service) -> None:
    with leaving_caller(site) as (message_in, envelope_in, leave, log):
        message_in.write(site.clean)
        wait_until_read(message_in)
        leave()
        envelope_in.write(site.envelope_sent)
        message_in.close()
        assert wait_for(lambda: log.read_text() == GONE)
    assert not service.asked


def test_the_service_learns_that_the_caller_is_gone(site: Site, service: Service) -> None:
    service.say(UNTIL_IT_HANGS_UP)
    with leaving_caller(site) as (message_in, envelope_in, leave, log):
        message_in.write(site.clean)
        message_in.close()
        envelope_in.write(site.envelope_sent)
        assert wait_for(lambda: bool(service.asked))
        leave()
        assert service.hung_up.wait(20)
        assert wait_for(lambda: log.read_text() == GONE)


def test_a_descriptor_that_cant_be_read_is_a_read_error(site: Site, service: Service) -> None:
    for redirected in ("0</", "1</"):
        told = site.call(site.clean, program=["/bin/sh", "-c", f'exec "$0" {redirected}', site.wrapper])
        assert told.code == 54
        assert one_line(told.log)
    assert not service.asked


def test_who_sends_mail_need_not_be_who_built_it(site: Site) -> None:
    nobody = pwd.getpwnam("nobody")
    users = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    with TemporaryDirectory() as folder:  # pytest's own are closed to other users
        os.chmod(folder, 0o755)  # noqa: S103 - as above
        fronts = Fronts(Path(folder))
        taker = Path(folder, "queue")
        taker.write_text("#!/bin/sh\nexec /bin/grep -q 'Nothing is wrong'\n")
        taker.chmod(0o755)
        with Service(fronts.socket) as service:
            os.chmod(fronts.socket, 0o666)  # noqa: S103 - everybody may submit mail
            for raw in (site.clean, site.clean + BIG):
                told = site.call(raw, program=[*(users if os.geteuid() == 0 else ()), fronts.built()])
                assert told.accepted, told
                assert service.asked.pop().message == raw


# --- killed -----------------------------------------------------------------------------------------------------------


@pytest.mark.timeout(600)
def test_killed_after_every_64_kb_it_leaves_nothing_behind(site: Site, service: Service) -> None:
    temporary = site.folder / "temporary"
    temporary.mkdir()
    step = 1 << 16
    for steps in range(len(BIG) // step + 1):
        with waiting(site, TMPDIR=str(temporary)) as (process, message_in, _):
            message_in.write(BIG[: steps * step])
            wait_until_read(message_in)
            process.kill()
            assert process.wait(20) == -signal.SIGKILL
    assert not list(temporary.iterdir())
    assert not service.asked
    assert site.untouched


def test_killed_while_it_waits_for_the_service_it_queues_nothing(site: Site, service: Service) -> None:
    service.say(0.3, answer(lines=LINES))
    with waiting(site) as (process, message_in, envelope_in):
        message_in.write(site.clean)
        message_in.close()
        envelope_in.write(site.envelope_sent)
        while not service.asked:
            time.sleep(0.01)
        process.kill()
        assert process.wait(20) == -signal.SIGKILL
    time.sleep(0.5)
    assert site.untouched


# --- checked by tools -------------------------------------------------------------------------------------------------

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wvla", "-Werror"]


@pytest.mark.parametrize("options", [["-O2"], ["-O0"], ["-O3"]], ids="".join)
@pytest.mark.parametrize("cc", ["gcc", "clang"])
@pytest.mark.parametrize("reply", ["plain", "indimail"])
def test_it_builds_without_a_warning(fronts: Fronts, tmp_path: Path, cc: str, reply: str, options: list[str]) -> None:
    header = fronts.settings(reply=reply, fallback=("/x",)).header()
    (tmp_path / "front_settings.h").write_text(header)
    command = [cc, "-std=c99", *options, *WARNINGS, f"-I{tmp_path}", "-o", str(tmp_path / "front"), SOURCE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture(scope="module")
def debugged(fronts: Fronts) -> str:
    """Build a front that valgrind can look into: the loader's way, and with the names of everything."""
    folder = fronts.folder / "debugged"
    folder.mkdir()
    (folder / "front_settings.h").write_text(fronts.settings(reply="notqmail").header())
    path = str(folder / "front")
    subprocess.run(["gcc", "-std=c99", "-g", "-O1", f"-I{folder}", "-o", path, SOURCE], check=True, timeout=100)
    return path


CHECKED: dict[str, tuple[bytes, bytes | None, int]] = {
    "handed over": (answer(lines=LINES), None, 0),
    "fewer": (answer(lines=LINES, envelope=b"Falice@example.org\0Tcarol@example.com\0\0"), None, 0),
    "many lines": (answer(lines=b"x" * (ROOM + 1)), None, 0),
    "refused": (answer(0, 31, text=TEXT), None, 82),
    "kept": (answer(0, 0), None, 0),
    "nonsense": (b"x" * 100, None, 71),
    "half an answer": (RIGHT[:40], None, 71),
    "another envelope": (answer(envelope=b"F\0Tx\0\0"), None, 71),
    "malformed": (RIGHT, b"Fa\0x\0\0", 91),
    "cut short": (RIGHT, b"Fa\0Tb", 54),
}


@pytest.mark.parametrize(("said", "sent", "code"), CHECKED.values(), ids=CHECKED)
def test_valgrind_finds_nothing(
    site: Site, service: Service, debugged: str, said: bytes, sent: bytes | None, code: int
) -> None:
    service.say(said)
    told, log = under_valgrind(site, debugged, site.clean, sent)
    assert told.code == code
    assert not re.search(r"Invalid|ninitiali[sz]ed|points to|definitely lost|ERROR SUMMARY: [1-9]", log), log
    # Ours at the end: message, envelope and the connection; never what was opened once more for the service.
    left = re.findall(r"Open file descriptor (\d+):", log)
    assert len([number for number in left if 10 <= int(number) < FIRST_OWN]) <= 3, log


def test_valgrind_finds_nothing_in_a_big_message(site: Site, service: Service, debugged: str) -> None:
    service.say(answer(lines=b"x" * (1 << 20), offset=7))
    raw = BIG[: (8 << 20) + 5]
    told, log = under_valgrind(site, debugged, raw, envelope(b"a", *[b"r" * 999] * 100))
    assert told.code == 0
    assert site.queue.queued[0].message == b"x" * (1 << 20) + raw[7:]
    assert not re.search(r"Invalid|ninitiali[sz]ed|points to|ERROR SUMMARY: [1-9]", log), log


def under_valgrind(site: Site, program: str, raw: bytes, sent: bytes | None) -> tuple[Answer, str]:
    """Call PROGRAM under valgrind; return its answer, and what valgrind says up to where it becomes another."""
    log = site.folder / "valgrind"
    valgrind = ["valgrind", "--error-exitcode=99", "--leak-check=full", "--track-fds=yes", f"--log-file={log}"]
    environment = site.environment(TMPDIR=str(site.folder))
    way = {"environment": environment, "reply_descriptor": 6, "reply_code": 82}
    told = call([*valgrind, program], raw, site.envelope_sent if sent is None else sent, **way)  # type: ignore[arg-type]
    return told, log.read_text()


# --- building ---------------------------------------------------------------------------------------------------------


def test_it_says_its_settings(fronts: Fronts) -> None:
    odd = fronts.settings(reply="indimail", fallback=("/a b/c", '"; int x; //', "??/", "%s\\n", "\u00fc\udcff"))
    path = str(fronts.folder / "odd")
    build(odd, path)
    assert os.stat(path).st_mode & 0o7777 == 0o755
    said = subprocess.run([path, "--settings"], capture_output=True, check=True, timeout=20).stdout
    assert said.decode().splitlines() == odd.lines()
    assert list(problems(path, odd)) == []
    for arguments in (["--help"], ["--settings", "x"], [""]):
        assert subprocess.run([path, *arguments], check=False, timeout=20).returncode == 100


def test_arguments_reach_the_queue_program_as_they_were_written(site: Site, fronts: Fronts) -> None:
    arguments = ["-x", "two words", "$HOME", ";", "*", "", '"; int x; //', "??/", "%s\\n", "\u00fc\udcff", "\\"]
    told = site.call(site.clean, program=fronts.built(queue=(str(fronts.queue), *arguments)))
    assert told.accepted, told
    assert site.queue.states[0]["argv"] == arguments


@given(text=st.text(max_size=20).filter(lambda text: "\0" not in text and not re.search("[\ud800-\udfff]", text)))
def test_a_text_is_a_string_of_c_and_nothing_else(text: str) -> None:
    written = literal(text)
    assert re.fullmatch(r'"(?:[a-zA-Z0-9/._ =,\[\]-]|\\[0-3][0-7]{2})*"', written)
    octets = re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), written[1:-1].encode())
    assert octets == text.encode()


def test_what_differs_is_told(fronts: Fronts) -> None:
    path = fronts.built()
    found = list(problems(path, fronts.settings(reply="curti", seconds=30.0)))
    assert {line.text.partition(" has ")[2] for line in found} == {
        "seconds=20.0, not 30.0",
        "reply=plain, not curti",
        "reply_code=0, not 82",
        "reply_descriptor=-1, not 4",
    }
    assert all(path in problem.mend and problem.fatal for problem in found)


def test_what_is_no_front_is_told(fronts: Fronts, tmp_path: Path) -> None:
    old = tmp_path / "old"
    lines = "\n".join(line if line[:7] != "source=" else "source=0" for line in fronts.settings().lines())
    old.write_text(f"#!/bin/sh\ncat <<'EOF'\n{lines}\nEOF\n")
    old.chmod(0o755)
    (problem,) = problems(str(old), fronts.settings())
    assert "another release" in problem.text
    assert not problem.fatal
    for path in ("/no/such/front", str(tmp_path), "/bin/true", "/bin/false", str(Path(sys.prefix, "pyvenv.cfg"))):
        (problem,) = problems(path, fronts.settings())
        assert path in problem.text
        assert problem.fatal


WRONG: dict[str, dict[str, Any]] = {
    "no queue program": {"queue": ()},
    "relative queue program": {"queue": ("qmail-queue",)},
    "relative fallback": {"fallback": ("wrapper",)},
    "line end": {"queue": ("/x", "a\nb")},
    "NUL": {"socket": "/x\0y"},
    "relative socket": {"socket": "x"},
    "long socket": {"socket": "/" + "x" * 107},
    "unknown dialect": {"reply": "esperanto"},
    "no time": {"seconds": 0.0},
    "time without end": {"seconds": float("inf")},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_no_front_can_work_with_is_refused(fronts: Fronts, wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        fronts.settings(**wrong)


FAILING = {
    "is missing": ("/no/such/cc", "there is no C compiler '/no/such/cc'"),
    "fails": ("#!/bin/sh\necho 'no such thing' >&2\nexit 1\n", "no such thing"),
    "makes nothing": ("#!/bin/sh\nexit 0\n", ""),
    "makes nonsense": ('#!/bin/sh\nfor a; do [ "$b" = -o ] && cp /bin/true "$a"; b=$a; done\n', "does not work"),
}


@pytest.mark.parametrize(("compiler", "said"), FAILING.values(), ids=FAILING)
def test_a_compiler_that_fails_leaves_what_was_there(fronts: Fronts, tmp_path: Path, compiler: str, said: str) -> None:
    cc = compiler
    if compiler.startswith("#!"):
        script = tmp_path / "compiler"
        script.write_text(compiler)
        script.chmod(0o755)
        cc = str(script)
    place = tmp_path / "bin"
    place.mkdir()
    (place / "front").write_text("as it was")
    with pytest.raises((ConfigError, OSError)) as caught:
        build(fronts.settings(), str(place / "front"), cc)
    assert said in str(caught.value)
    assert said in {"", "does not work"} or "qsfilter-queue needs no compiler" in str(caught.value)
    assert [path.name for path in place.iterdir()] == ["front"]
    assert (place / "front").read_text() == "as it was"


def test_the_environment_names_the_compiler(fronts: Fronts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "/no/such/cc")
    with pytest.raises(ConfigError, match="/no/such/cc"):
        build(fronts.settings(), str(tmp_path / "front"))
    build(fronts.settings(), str(tmp_path / "front"), "clang")
    monkeypatch.delenv("CC")
    build(fronts.settings(), str(tmp_path / "front"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="no C compiler"):
        build(fronts.settings(), str(tmp_path / "front"))


def test_programs_that_it_would_start_are_not_overwritten(fronts: Fronts, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n")
    other = tmp_path / "other"
    other.symlink_to(program)
    for wrong in (fronts.settings(queue=(str(program),)), fronts.settings(fallback=(str(program),))):
        with pytest.raises(ConfigError, match="would start"):
            build(wrong, str(other))
    assert program.read_text() == "#!/bin/sh\n"


# --- the command ------------------------------------------------------------------------------------------------------

CONFIGURED = """
[deliver]
qmail_queue = ["{queue}", "-x"]
reply = "curti"
[service]
socket = "{socket}"
fallback = "{fallback}"
[limits]
seconds = 33
envelope_bytes = 4000
"""


def run_command(*arguments: str) -> int:
    """Run `qsfilter build-front` with ARGUMENTS."""
    parser = ArgumentParser()
    build_front.add_arguments(parser)
    return build_front.run(parser.parse_args(arguments))


@pytest.mark.parametrize("fallback", ["defer", "in-process"])
def test_the_command_builds_what_the_configuration_says(
    fronts: Fronts, tmp_path: Path, capsys: pytest.CaptureFixture[str], fallback: str
) -> None:
    config = tmp_path / "qsfilter.toml"
    config.write_text(CONFIGURED.format(queue=fronts.queue, socket=fronts.socket, fallback=fallback))
    wrapper = tmp_path / "wrapper"
    wrapper.write_text("#!/bin/sh\n")
    wrapper.chmod(0o755)
    path = str(tmp_path / "front")
    assert run_command("--config", str(config), "--to", path, "--wrapper", str(wrapper)) == 0
    assert path in capsys.readouterr().out
    wanted = Settings(
        queue=(str(fronts.queue), "-x"),
        socket=fronts.socket,
        reply="curti",
        fallback=(str(wrapper),) if fallback == "in-process" else (),
        seconds=43.0,
        envelope_bytes=4000,
    )
    assert list(problems(path, wanted)) == []
    source = read(str(config))
    assert build_front.settings_of(edge(source.table, source.path), source.path, str(wrapper)) == wanted
    with pytest.raises(ConfigError, match="is the queue wrapper"):
        run_command("--config", str(config), "--to", str(wrapper), "--wrapper", str(wrapper))


def test_the_configuration_says_where_the_front_goes(
    fronts: Fronts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, path = tmp_path / "qsfilter.toml", tmp_path / "front"
    whole = CONFIGURED.format(queue=fronts.queue, socket=fronts.socket, fallback="defer")
    config.write_text(whole)
    with pytest.raises(ConfigError, match=r"set service[.]front"):
        run_command("--config", str(config))
    config.write_text(whole.replace("[service]", f'[service]\nfront = "{path}"'))
    assert run_command("--config", str(config)) == 0
    assert path.exists()
    source = read(str(config))
    told = list(service_problems(edge(source.table, source.path), source.path))
    assert not [problem for problem in told if "front" in problem.text]
    config.write_text(config.read_text().replace("seconds = 33", "seconds = 34"))
    source = read(str(config))
    told = list(service_problems(edge(source.table, source.path), source.path))
    assert [problem.text for problem in told if "front" in problem.text] == [
        f"the front {path} has seconds=43.0, not 44.0"
    ]


def test_the_command_says_what_is_missing(fronts: Fronts, tmp_path: Path) -> None:
    config = tmp_path / "qsfilter.toml"
    whole = CONFIGURED.format(queue=fronts.queue, socket=fronts.socket, fallback="in-process")
    for text, said in (
        (re.sub(r"(?s)\[service\].*(?=\[limits\])", "", whole), "no table"),
        (re.sub(r"qmail_queue.*", f'maildir = "{tmp_path}/Maildir"', whole), "set deliver.qmail_queue"),
        (whole, "name it with --wrapper"),
    ):
        config.write_text(text)
        with pytest.raises(ConfigError, match=said):
            run_command("--config", str(config), "--to", str(tmp_path / "front"), "--wrapper", "/no/such/wrapper")
    assert not (tmp_path / "front").exists()


# --- helpers ----------------------------------------------------------------------------------------------------------


def envelope(sender: bytes, *recipients: bytes) -> bytes:
    """Write an envelope."""
    return b"F" + sender + b"\0" + b"".join(b"T" + one + b"\0" for one in recipients) + b"\0"


def failed(site: Site, why: str, told: Answer) -> None:
    """Hold TOLD to be a temporary failure with one log line that says WHY."""
    assert told.code == 71, told
    assert why in told.log
    assert one_line(told.log)
    assert site.untouched


@contextmanager
def leaving_caller(site: Site) -> Iterator[tuple[FileIO, FileIO, Callable[[], None], Path]]:
    """Let a process start the front and wait; give the pipes' ends, what makes it die, and the front's log."""
    leaves, log = site.folder / "leaves", site.folder / "log"
    os.mkfifo(leaves)
    message_out, message_in = os.pipe()
    envelope_out, envelope_in = os.pipe()
    # A shell gives what runs in the background an empty descriptor 0, unless it is told another.
    shell = ["/bin/sh", "-c", f'exec 3<&0; "$0" <&3 3<&- & read line <{leaves}', site.wrapper]
    with (
        open(message_in, "wb", buffering=0) as message_file,
        open(envelope_in, "wb", buffering=0) as envelope_file,
        open(log, "wb") as log_file,
        subprocess.Popen(shell, stdin=message_out, stdout=envelope_out, stderr=log_file) as caller,
    ):
        os.close(message_out)
        os.close(envelope_out)

        def leave() -> None:
            leaves.write_text("now\n")
            assert caller.wait(20) == 0

        yield message_file, envelope_file, leave, log


def wait_for(there: Callable[[], bool]) -> bool:
    """Wait until THERE is true, for some seconds at most; return whether it is."""
    for _ in range(2000):
        if there():
            return True
        time.sleep(0.01)
    return False


def clear(site: Site) -> None:
    """Empty the stand-in's queue."""
    for path in (site.queue_folder / "queue").iterdir():
        path.unlink()


@contextmanager
def listening(path: str, backlog: int) -> Iterator[socket.socket]:
    """Listen at PATH and accept nothing."""
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(path)
        bound.listen(backlog)
        try:
            yield bound
        finally:
            os.unlink(path)
