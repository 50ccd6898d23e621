"""Counters: exact with many processes, bounded, never in the way of mail, and said as text that parsers read."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Client, Entry, Envelope, Filter
from qsfilter.actions import Action, Kind
from qsfilter.cli import metrics as command
from qsfilter.metrics import BUCKETS, MOST_NAMES, PATIENCE_SECONDS, Counters
from qsfilter.model import Call, Finding, Verdict
from qsfilter.openmetrics import openmetrics, prometheus
from qsfilter.store import LONGEST_SECONDS, Store
from qsfilter.testing import examine, message
from qsfilter.words import malware, policy

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable
    from pathlib import Path

REPORT = Filter().examine(message(b"x"), Envelope(sender=b"a@example.org", recipients=(b"b@example.com",)), Client())
LABEL = r'[a-z]+="(?:[^"\\\n]|\\[\\"n])*"'
SAMPLE = re.compile(rf"([a-z_]+)(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\d+(?:\.\d+)?)")
ENDS = {"counter": {"_total"}, "histogram": {"_bucket", "_count", "_sum"}}
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def parsed(text: str, *, end: bool = True) -> Samples:
    """Read OpenMetrics, refusing what its grammar does not have, what is out of order, and what comes twice."""
    lines = text.split("\n")
    assert lines.pop() == ""
    if end:
        assert lines.pop() == "# EOF"
    found: Samples = {}
    family, kind, families = "", "", set()
    for line in lines:
        if line.startswith("#"):
            word, name, told = re.fullmatch(r"# (TYPE|HELP|UNIT) (\S+) (.+)", line).groups()  # type: ignore[union-attr]
            if word == "TYPE":
                assert name not in families
                families.add(name)
                family, kind = name, told
            assert name == family
            assert word != "UNIT" or name.endswith(f"_{told}")
            continue
        match = SAMPLE.fullmatch(line)
        assert match, line
        ends = ENDS[kind] if end or kind == "histogram" else {""}
        assert any(match[1] == family + ending for ending in ends), line
        labels = re.findall(r'([a-z]+)="((?:[^"\\]|\\.)*)"', match[2] or "")
        assert len(dict(labels)) == len(labels)
        assert (match[1], tuple(labels)) not in found, line
        found[match[1], tuple(labels)] = float(match[3])
    return found


def value(samples: Samples, name: str, /, **labels: str) -> float:
    """Return the sum of what NAME has with these LABELS."""
    return sum(number for (own, has), number in samples.items() if own == name and labels.items() <= dict(has).items())


def said(store: Store) -> Samples:
    """Return what STORE says, after both forms have been read."""
    tallies = store.tallies()
    assert tallies is not None
    assert parsed(prometheus(tallies), end=False) == parsed(openmetrics(tallies))
    return parsed(openmetrics(tallies))


def test_a_message_is_counted_by_what_became_of_it(tmp_path: Path, plugin_with: Callable[..., object]) -> None:
    store = Store(str(tmp_path / "metrics"), durable=False)
    engine = Entry(name="engine", plugin=plugin_with(scan=lambda self: [malware("EICAR"), malware("Other")]))
    shadow = Entry(name="tried", plugin=plugin_with(scan=lambda self: policy("new")), shadow=True)
    report = examine(Filter(engine, shadow), message(b"x"))
    Counters(store).count(report)
    samples = said(store)
    action = str(report.decision.action)
    assert value(samples, "qsfilter_messages_total", action=action, exit="0") == 1
    assert value(samples, "qsfilter_message_bytes_total") == report.message.root.blob.size
    assert value(samples, "qsfilter_findings_total", kind="malware", name="EICAR") == 1
    assert value(samples, "qsfilter_findings_total", kind="malware") == 2
    assert value(samples, "qsfilter_shadow_findings_total", kind="policy", name="new") == 1
    assert value(samples, "qsfilter_findings_total", kind="policy") == 0
    assert value(samples, "qsfilter_hook_seconds_count", plugin="engine", hook="scan") == 1
    assert value(samples, "qsfilter_message_seconds_bucket", le="+Inf") == 1
    assert value(samples, "qsfilter_votes_total", action=action) >= 1


def test_failures_are_counted_by_plugin(tmp_path: Path, plugin_with: Callable[..., object]) -> None:
    def scan(self: object) -> None:
        raise ConnectionRefusedError

    store = Store(str(tmp_path), durable=False)
    Counters(store).count(examine(Filter(Entry(name="engine", plugin=plugin_with(scan=scan))), message(b"x")))
    assert value(said(store), "qsfilter_failures_total", plugin="engine", name="crash") == 1


def test_a_histogram_has_each_call_in_its_bucket(tmp_path: Path) -> None:
    store = Store(str(tmp_path), durable=False)
    times = (0.0, 0.001, 0.0011, 3.0, 61.0)
    calls = tuple(Call(hook="scan", plugin="p", seconds=seconds, result="") for seconds in times)
    Counters(store).count(replace(REPORT, calls=calls))
    samples = said(store)
    assert value(samples, "qsfilter_hook_seconds_bucket", plugin="p", le="0.001") == 2
    assert value(samples, "qsfilter_hook_seconds_bucket", plugin="p", le="2.5") == 3
    assert value(samples, "qsfilter_hook_seconds_bucket", plugin="p", le="60.0") == 4
    assert value(samples, "qsfilter_hook_seconds_count", plugin="p") == len(times)
    assert value(samples, "qsfilter_hook_seconds_sum", plugin="p") == pytest.approx(sum(times), abs=1e-5)
    ends = [dict(has)["le"] for name, has in samples if name == "qsfilter_hook_seconds_bucket"]
    assert [float(end) for end in ends] == [*BUCKETS, float("inf")]


def test_a_hundred_processes_count_exactly(tmp_path: Path) -> None:
    each, processes = 1, 100
    report = replace(REPORT, findings=tuple(malware(f"x{number}") for number in range(10)))
    children = []
    for _ in range(processes):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                store = Store(str(tmp_path / "metrics"), durable=False, patience_seconds=PATIENCE_SECONDS)
                counters = Counters(store)
                for _ in range(each):
                    counters.count(report)
                status = 0 if counters.flush() and not store.take_trouble() else 2
            finally:
                os._exit(status)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * processes
    samples = said(Store(str(tmp_path / "metrics"), durable=False))
    assert value(samples, "qsfilter_messages_total") == each * processes
    assert value(samples, "qsfilter_findings_total", kind="malware") == 10 * each * processes
    assert value(samples, "qsfilter_message_seconds_count") == each * processes


def test_what_is_gathered_is_written_after_so_many_messages_or_seconds_and_at_the_end(tmp_path: Path) -> None:
    now = [0.0]
    store = Store(str(tmp_path), durable=False)
    counters = Counters(store, messages=3, seconds=5.0, clock=lambda: now[0])
    counts = []
    for now[0] in (0.0, 1.0, 2.0, 3.0, 9.0, 9.5):
        counters.count(REPORT)
        counts.append(value(said(store), "qsfilter_messages_total"))
    assert counts == [0, 0, 3, 3, 5, 5]
    assert counters.flush()
    assert value(said(store), "qsfilter_messages_total") == 6


def test_a_child_does_not_write_what_its_parent_gathered(tmp_path: Path) -> None:
    store = Store(str(tmp_path), durable=False)
    counters = Counters(store, messages=100)
    counters.count(REPORT)
    child = os.fork()
    if child == 0:
        counters.flush()
        counters.count(REPORT)
        os._exit(0 if counters.flush() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    counters.flush()
    assert value(said(store), "qsfilter_messages_total") == 2


def test_names_beyond_a_bound_are_other(tmp_path: Path) -> None:
    store = Store(str(tmp_path), durable=False)
    counters = Counters(store)
    for start in range(0, 3 * MOST_NAMES, 50):
        found = tuple(malware(f"v{number}") for number in range(start, start + 50))
        counters.count(replace(REPORT, findings=found))
    counters.count(replace(REPORT, findings=tuple(malware(f"w{number}") for number in range(1000))))
    counters.count(replace(REPORT, findings=(malware("v1"), policy("x"))))
    samples = [(dict(has), number) for (_, has), number in said(store).items()]
    names = {has["name"]: number for has, number in samples if has.get("kind") == "malware"}
    assert len(names) == MOST_NAMES + 1
    assert sum(names.values()) == 3 * MOST_NAMES + 1000 + 1
    assert names["v1"] == 2
    assert value(said(store), "qsfilter_findings_total", kind="policy", name="x") == 1


any_text = st.text(st.characters(exclude_categories=()))


@given(
    st.lists(st.builds(Finding, kind=st.sampled_from(Kind), name=any_text | st.just("other"), source=any_text)),
    st.lists(st.builds(Call, hook=st.just("scan"), plugin=any_text, seconds=st.floats(0, 1e6), result=any_text)),
    st.lists(st.builds(Verdict, action=st.sampled_from(Action), source=any_text)),
)
def test_no_name_can_write_a_line(
    tmp_path_factory: pytest.TempPathFactory, found: list[Finding], calls: list[Call], votes: list[Verdict]
) -> None:
    store = Store(str(tmp_path_factory.mktemp("metrics")), durable=False)
    report = replace(REPORT, findings=tuple(found), shadow=tuple(found), calls=tuple(calls), verdicts=tuple(votes))
    Counters(store).count(report)
    samples = said(store)
    store.close()
    assert value(samples, "qsfilter_findings_total") == value(samples, "qsfilter_shadow_findings_total") == len(found)
    assert value(samples, "qsfilter_hook_seconds_count") == len(calls)
    assert value(samples, "qsfilter_votes_total") == len(votes)
    assert [name for name, _ in samples].count("qsfilter_messages_total") == 1


def test_counters_never_end_and_are_never_given_up(tmp_path: Path) -> None:
    now = 1_800_000_000.0
    store = Store(str(tmp_path), durable=False, most_bytes=256 << 10, clock=lambda: now)
    assert store.tally({("space", "name"): 1}, most_names=5, otherwise="other")
    for number in range(60):
        store.put("space", str(number), b"x" * 10_000, 100.0)
    now += 3 * LONGEST_SECONDS
    store.expire()
    assert store.tally({("space", "name"): 1}, most_names=5, otherwise="other")
    now = 1_000_000_000.0  # the clock was set back
    store.expire()
    assert store.tallies() == {("space", "name"): 2}


def test_a_name_with_nul_is_the_callers_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="NUL"):
        Store(str(tmp_path)).tally({("space", "a\0b"): 1}, most_names=5, otherwise="other")


def test_a_store_that_fails_fails_nothing_and_loses_nothing_when_it_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    folder.write_text("in the way")
    store = Store(str(folder), durable=False)
    counters = Counters(store)
    counters.count(REPORT)
    assert not counters.flush()
    assert "metrics" in counters.take_trouble()
    folder.unlink()
    store._away_until = 0.0
    counters.count(REPORT)
    assert value(said(store), "qsfilter_messages_total") == 2


def test_a_full_disk_fails_nothing(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        counters = Counters(Store(str(tmp_path), durable=False))
        counters.count(REPORT)
        os._exit(0 if counters.take_trouble() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def asked(*arguments: str) -> Namespace:
    """Return the command's options."""
    from argparse import ArgumentParser

    parser = ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(arguments)


def test_the_command_prints_openmetrics(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store(str(tmp_path), durable=False)
    Counters(store).count(REPORT)
    store.close()
    assert command.run(asked("--path", str(tmp_path))) == 0
    assert value(parsed(capsys.readouterr().out), "qsfilter_messages_total", action="accept", exit="0") == 1


def test_the_file_for_a_collector_is_whole_or_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(str(tmp_path / "metrics"), durable=False)
    Counters(store).count(REPORT)
    store.close()
    path = tmp_path / "out" / "qsfilter.prom"
    path.parent.mkdir()
    path.write_text("before")
    options = asked("--path", str(tmp_path / "metrics"), "--textfile", str(path))

    def refuse(*_: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", refuse)
        with pytest.raises(PermissionError):
            command.run(options)
    assert (path.read_text(), os.listdir(path.parent)) == ("before", [path.name])
    assert command.run(options) == 0
    assert value(parsed(path.read_text(), end=False), "qsfilter_messages_total") == 1
    assert path.stat().st_mode & 0o777 == 0o644
    assert os.listdir(path.parent) == [path.name]


def test_the_command_makes_no_counters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(asked("--path", str(tmp_path / "none"))) == 1
    assert "no counters yet" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
    (tmp_path / "file").mkdir(mode=0o777)
    (tmp_path / "file").chmod(0o777)
    assert command.run(asked("--path", str(tmp_path / "file"))) == 1
    assert "others can write" in capsys.readouterr().err


def test_counting_imports_no_database_before_the_first_message(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom qsfilter.metrics import Counters\nfrom qsfilter.store import Store\n"
        f"Counters(Store({str(tmp_path)!r}))\nassert 'sqlite3' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
