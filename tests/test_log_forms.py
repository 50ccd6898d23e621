"""JSON log lines, and the sinks: what is written is read back, and a sink that is stuck holds up nobody."""

from __future__ import annotations

import json
import os
import socket
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Client, Envelope, Filter
from qsfilter.actions import Action, Kind
from qsfilter.log_forms import FORMS, MOST_JSON_OCTETS, MOST_LISTED, json_line
from qsfilter.log_line import log_line
from qsfilter.log_sinks import Stderr, Syslog
from qsfilter.message_log import MessageLog
from qsfilter.model import Call, Disposition, Finding, Outcome, Report
from qsfilter.testing import message
from qsfilter.words import malware

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = Filter()
GUARD_SECONDS = 5.0
"""Against hanging: far above what a sink waits for."""


def report_on(sender: bytes = b"a@example.org", recipients: tuple[bytes, ...] = (b"b@example.com",)) -> Report:
    return PLAIN.examine(message(b"x"), Envelope(sender=sender, recipients=recipients), Client(ip="192.0.2.1"))


def test_the_forms_have_names() -> None:
    assert {"logfmt": log_line, "json": json_line} == FORMS


def test_json_says_what_became_of_it() -> None:
    report = replace(
        report_on(),
        findings=tuple(malware(f'x"{number}') for number in range(7)),
        outcome=Outcome(exit=31, reply="no", handed=()),
        calls=(Call(hook="scan", plugin="slow", seconds=2.04, result=""),),
    )
    told = json.loads(json_line(report))
    assert told["from"] == "a@example.org"
    assert told["to"] == ["b@example.com"]
    assert (told["exit"], told["reply"], told["size"]) == (31, "no", report.message.root.blob.size)
    assert [found["name"] for found in told["findings"]] == [f'x"{number}' for number in range(MOST_LISTED)]
    assert told["more"] == 7 - MOST_LISTED
    assert told["slowest"] == {"hook": "scan", "plugin": "slow", "seconds": 2.0}


any_text = st.text(st.characters(exclude_categories=()))
found_ones = st.builds(Finding, kind=st.sampled_from(Kind), name=any_text, detail=any_text, source=any_text)


@given(st.binary(), st.lists(st.binary()), st.lists(found_ones, max_size=8), any_text, st.sampled_from([1, 1000]))
def test_json_is_one_bounded_line_whatever_is_in_it(
    sender: bytes, recipients: list[bytes], found: list[Finding], text: str, times: int
) -> None:
    report = report_on(sender * times, tuple(recipient * times for recipient in recipients) * times)
    groups = tuple(
        Disposition(action=Action.REJECT, recipients=(), reason=f"{number}{text * times}") for number in range(9)
    )
    longer = tuple(replace(one, name=one.name * times, detail=one.detail * times) for one in found)
    line = json_line(
        replace(
            report,
            findings=longer,
            decision=replace(report.decision, groups=groups),
            outcome=Outcome(exit=71, reply=text * times),
            calls=(Call(hook="scan", plugin=text * times, seconds=9, result=""),),
        )
    )
    assert line.isascii()
    assert line.isprintable()
    assert len(line) <= MOST_JSON_OCTETS
    told = json.loads(line)
    assert (told["action"], told["exit"]) == ("reject", 71)


def test_the_longest_json_line_is_bounded() -> None:
    text = "\U0001f600" * 500
    found = tuple(Finding(kind=Kind.FAILURE, name=text, detail=text, source=text) for _ in range(9))
    report = report_on(text.encode(), (text.encode(),) * 9)
    groups = tuple(Disposition(action=Action.REJECT, recipients=(), reason=f"{number}{text}") for number in range(9))
    line = json_line(replace(report, findings=found, decision=replace(report.decision, groups=groups)))
    assert len(line) <= MOST_JSON_OCTETS
    assert json.loads(line)["more"] == 9 - MOST_LISTED


def test_a_line_goes_to_the_descriptor_with_a_prefix_and_without_what_does_not_print() -> None:
    reading, writing = os.pipe()
    try:
        assert Stderr(writing).write("a\x1b\nb")
        assert Stderr(writing, prefix="").write("{}")
        assert os.read(reading, 100) == b"qsfilter: a??b\n{}\n"
    finally:
        os.close(reading)
        os.close(writing)


def test_a_reader_that_does_not_read_holds_up_nobody() -> None:
    reading, writing = os.pipe()
    sink = Stderr(writing)
    try:
        started = time.monotonic()
        while sink.write("x" * 3000):
            pass
        taken = [sink.write("more") for _ in range(1000)]
        assert not any(taken)
        assert time.monotonic() - started < GUARD_SECONDS
        while len(os.read(reading, 1 << 20)) == 1 << 20:
            pass
        assert sink.write("again")
    finally:
        os.close(reading)
        os.close(writing)


def test_a_descriptor_that_is_closed_fails_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    assert not Stderr(writing).write("x")
    os.close(writing)
    assert not Stderr(writing).write("x")
    assert not Stderr(-1).write("x")


@pytest.fixture
def daemon(tmp_path: Path) -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    made.bind(str(tmp_path / "log"))
    made.settimeout(GUARD_SECONDS)
    return made


def test_syslog_is_given_what_syslog_gives(tmp_path: Path, daemon: socket.socket) -> None:
    written = log_line(report_on())
    with daemon:
        sink = Syslog("local3", "qsfilter", device=str(tmp_path / "log"))
        assert sink.write(written)
        given = daemon.recv(9000).decode()
        sink.close()
    head, _, line = given.partition("]: ")
    assert line == written
    assert head.startswith(f"<{19 * 8 + 6}>")
    assert head.endswith(f" qsfilter[{os.getpid()}")
    assert len(head) == len(f"<158>Nov 23 01:15:55 qsfilter[{os.getpid()}")


@pytest.mark.parametrize(("kind", "priority"), [(Kind.FAILURE, 3), (Kind.NOTE, 6)])
def test_syslog_is_told_of_a_failure_as_an_error(
    tmp_path: Path, daemon: socket.socket, kind: Kind, priority: int
) -> None:
    log = MessageLog(to="syslog")
    log._syslog = Syslog(device=str(tmp_path / "log"))
    with daemon:
        log.write(replace(report_on(), findings=(Finding(kind=kind, name="crash"),)), pytest.fail)
        assert daemon.recv(9000).startswith(f"<{2 * 8 + priority}>".encode())
    log._syslog.close()


def test_a_daemon_that_was_restarted_is_found_again(tmp_path: Path, daemon: socket.socket) -> None:
    sink = Syslog(device=str(tmp_path / "log"))
    with daemon:
        assert sink.write("one")
    assert not sink.write("two")
    os.unlink(tmp_path / "log")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as anew:
        anew.bind(str(tmp_path / "log"))
        assert sink.write("three")
        assert anew.recv(9000).endswith(b"]: three")
    sink.close()


def test_what_a_stuck_daemon_does_not_take_goes_to_the_other_sink(tmp_path: Path, daemon: socket.socket) -> None:
    reading, writing = os.pipe()
    with daemon:
        sink = Syslog(device=str(tmp_path / "log"), otherwise=Stderr(writing))
        started = time.monotonic()
        for number in range(1000):
            assert sink.write(str(number))
        assert time.monotonic() - started < GUARD_SECONDS
        sink.close()
    os.close(writing)
    with open(reading, "rb") as file:
        lines = file.read().splitlines()
    assert lines[-1] == b"qsfilter: 999"
