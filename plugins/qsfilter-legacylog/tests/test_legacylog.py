"""The plugin: its lines are read back as report scripts read them, and a log that can't be written changes nothing."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Action, Client, ConfigError, Envelope, Filter, hookimpl, malware, note, plugin, quarantine
from qsfilter.model import About, Field, Outcome
from qsfilter.testing.contract import PluginContract
from qsfilter.testing.messages import attachment, message
from qsfilter_legacylog import LegacyLog
from qsfilter_legacylog.files import append
from qsfilter_legacylog.lines import mailstats_lines, quarantine_line, syslog_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qsfilter import Finding, Report, Verdict
    from qsfilter.edits import Head

BOB, CAROL = b"bob@example.com", b"carol@example.net"
ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(BOB, CAROL))
CLIENT = Client(ip="192.0.2.1", relay=True)
RAW = message(attachment(b"12345", "a b.txt"), subject="Re: Your product")
DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")


class TestContract(PluginContract):
    """What every plugin owes the core."""

    def make(self) -> object:
        """Make one whose files can't be written."""
        return LegacyLog(quarantine_log="/nonexistent/quarantine.log", mailstats="/nonexistent/mailstats.csv")


@plugin
class Engine:
    """Finds malware in everything."""

    @hookimpl
    def about(self) -> About:
        """Say what a scanner says."""
        return About(name="clamav", version="1.0.3", signatures="27000")

    @hookimpl
    def scan(self) -> Finding:
        """Find it."""
        return malware("Worm.SomeFool:I")


@plugin
class ForBob:
    """Keeps mail from one recipient."""

    @hookimpl
    def decide(self) -> Verdict:
        """Vote."""
        return quarantine("not for bob", recipients=[BOB])


class NextHop:
    """A transport that takes everything."""

    def hand_over(self, raw: object, head: Head, envelope: Envelope) -> int:
        """Take it."""
        return 0


def run(tmp_path: Path, *plugins: object, raw: bytes = RAW) -> Report:
    """Take a message through its life."""
    chosen = Filter(*plugins, transport=NextHop(), quarantine=str(tmp_path / "quarantine"))
    chosen.start()
    return chosen.run(raw, ENVELOPE, CLIENT)


def infected() -> Report:
    from qsfilter import Entry

    chosen = Filter(Entry(name="clamav", plugin=Engine()))
    chosen.start()
    return replace(chosen.examine(RAW, ENVELOPE, CLIENT), outcome=Outcome(exit=0))


def test_quarantine_log_has_six_columns() -> None:
    line = quarantine_line(infected())
    assert line.endswith("\n")
    columns = line[:-1].split("\t")
    assert DATE.fullmatch(columns[0])
    assert columns[1:] == [
        "alice@example.org",
        "bob@example.com,carol@example.net",
        "Re: Your product",
        "Worm.SomeFool:I",
        "clamdscan: 1.0.3/27000. ",
    ]


def test_the_status_says_which_scanner_found_what() -> None:
    for line in mailstats_lines(infected()).splitlines():
        status = line.split("\t")[1].split(":")
        assert status[:3] == ["CLAMDSCAN", "Worm.SomeFool_I", "RC"]


def test_the_status_holds_score_and_encryption() -> None:
    report = infected()
    scored = (note("spamassassin", detail="1.2/5.0 RULE"), note("crypto", detail="pgp-mime,zip"))
    report = replace(report, findings=report.findings + scored, about=(*report.about, About(name="spamassassin")))
    wanted = "CLAMDSCAN:Worm.SomeFool_I:RC:1(192.0.2.1):SA:0(1.2/5.0):CR:pgp-mime,zip:"
    assert [line.split("\t")[1] for line in mailstats_lines(report).splitlines()] == [wanted] * 2
    assert [line.split(" ")[0] for line in syslog_lines(report)] == [wanted] * 2


def test_mailstats_has_a_line_for_each_recipient(tmp_path: Path) -> None:
    log, held = tmp_path / "mailstats.csv", tmp_path / "quarantine.log"
    report = run(tmp_path, LegacyLog(mailstats=str(log), quarantine_log=str(held)))
    lines = [line.split("\t") for line in log.read_text().splitlines()]
    assert [line[5] for line in lines] == ["bob@example.com", "carol@example.net"]
    for line in lines:
        assert DATE.fullmatch(line[0])
        assert line[1] == "Clear:RC:1(192.0.2.1):"
        assert float(line[2]) > 0
        assert int(line[3]) == report.message.root.blob.size
        assert line[4] == "alice@example.org"
        assert line[6] == "Re: Your product"
        assert line[8:] == ["a b.txt:5"]
    assert not held.exists()


def test_each_recipient_has_the_status_of_its_group(tmp_path: Path) -> None:
    log, held = tmp_path / "mailstats.csv", tmp_path / "quarantine.log"
    run(tmp_path, ForBob(), LegacyLog(mailstats=str(log), quarantine_log=str(held)))
    statuses = [line.split("\t")[1] for line in log.read_text().splitlines()]
    assert statuses == ["Policy:not for bob:RC:1(192.0.2.1):", "Clear:RC:1(192.0.2.1):"]
    (line,) = held.read_text().splitlines()
    assert line.split("\t")[2] == "bob@example.com"


def test_a_message_that_has_to_wait_is_not_logged(tmp_path: Path) -> None:
    log = tmp_path / "mailstats.csv"
    plugin = LegacyLog(mailstats=str(log))
    plugin.report(replace(infected(), outcome=Outcome(exit=71)))
    plugin.report(replace(infected(), outcome=None))
    assert not log.exists()
    plugin.report(replace(infected(), outcome=Outcome(exit=31)))
    assert len(log.read_text().splitlines()) == 2


def test_without_attachments_the_whole_stands_for_them() -> None:
    report = Filter().examine(b"x", ENVELOPE, CLIENT)
    line = mailstats_lines(report).splitlines()[0].split("\t")
    assert line[6:] == ["<>", "<>", f"{report.key[:16]}-unpacked:1"]


octets = st.binary(max_size=40) | st.sampled_from([b"\t", b"\r\n", b"a\tb\nc", b" ", b"\x1b[2J", b"%s%n"])


@given(octets, st.lists(octets, min_size=1, max_size=3), octets, octets)
def test_nobody_can_begin_a_field_or_a_line(sender: bytes, to: list[bytes], subject: bytes, number: bytes) -> None:
    report = infected()
    root = replace(
        report.message.parts[1],
        header=(Field(b"Subject", subject, (0, 0)), Field(b"Message-ID", number, (0, 0))),
    )
    envelope = Envelope(sender=sender, recipients=tuple(to))
    groups = tuple(replace(group, recipients=tuple(dict.fromkeys(to))) for group in report.decision.groups)
    hostile = replace(
        report,
        message=replace(report.message, envelope=envelope, parts=(report.message.root, root)),
        decision=replace(report.decision, groups=groups),
    )
    held = quarantine_line(hostile)
    assert (held.count("\t"), held.count("\n"), len(held.splitlines())) == (5, 1, 1)
    lines = mailstats_lines(hostile)
    assert len(lines.splitlines()) == lines.count("\n") == len(to)
    assert {line.count("\t") for line in lines.splitlines()} == {8}
    for line in syslog_lines(hostile):
        assert line.isprintable()
        assert len(line) <= 800
        assert line.count(" ") == 7


def test_syslog_has_the_originals_line(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as daemon:
        daemon.bind(str(tmp_path / "log"))
        chosen = LegacyLog(syslog=True)
        chosen._daemon._device = str(tmp_path / "log")
        chosen.report(infected())
        given = [daemon.recv(9000).decode() for _ in range(2)]
        chosen._daemon.close()
    for line in given:
        assert line.startswith("<22>")
        match = re.search(r" qmail-scanner\[\d+\]: (\S+) (\S+) (\d+) (\S+) (\S+) (\S+) (\S+) (\S+)$", line)
        assert match
        assert match[1].startswith("CLAMDSCAN:")
        assert len(match[2]) <= 8
        assert match[6] == "Re:_Your_product"
        assert match[8] == "a_b.txt:5"


def test_a_log_that_cant_be_written_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "pipe").parent.mkdir(exist_ok=True)
    os.mkfifo(tmp_path / "pipe")
    good = tmp_path / "mailstats.csv"
    report = run(tmp_path, LegacyLog(quarantine_log=str(tmp_path / "pipe"), mailstats=str(good)), ForBob())
    assert report.outcome is not None
    assert report.outcome.exit == 0
    assert report.decision.action is Action.QUARANTINE
    assert any("no regular file" in call.result for call in report.calls if call.hook == "report")
    assert len(good.read_text().splitlines()) == 2


def test_a_line_that_a_full_disk_cut_ends_before_the_next(tmp_path: Path) -> None:
    path = str(tmp_path / "log")
    append(path, b"one\n")
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (6, 6))
        try:
            append(path, b"three\n")
        except OSError:
            os._exit(0)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    append(path, b"four\n")
    assert (tmp_path / "log").read_bytes() == b"one\nth\nfour\n"


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "log").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        append(str(tmp_path / "log"), b"x\n")
    assert not (tmp_path / "elsewhere").exists()


def problems(chosen: LegacyLog) -> Iterator[str]:
    return (problem.text for problem in chosen.check())


def test_check_names_logs_that_cant_be_written(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    chosen = LegacyLog(quarantine_log=str(tmp_path / "pipe"), mailstats="/nonexistent/mailstats.csv")
    first, second = problems(chosen)
    assert "legacylog.quarantine_log" in first
    assert "/nonexistent can't be written" in second
    assert not list(problems(LegacyLog(mailstats=str(tmp_path / "new"))))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("wrong", [{"mailstats": "relative"}, {"quarantine_log": "/a\0"}, {"facility": "post"}])
def test_wrong_options_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        LegacyLog(**wrong)  # type: ignore[arg-type]
