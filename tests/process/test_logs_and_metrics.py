"""What wrapper and service say of each message, and what they count: each message once, in whatever process."""

from __future__ import annotations

import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from qsfilter.cli import main
from qsfilter.queue import protocol
from qsfilter.testing.service import connected, until
from tests.process.conftest import WRAPPER, YARA, Site
from tests.process.service_place import ServedSite

if TYPE_CHECKING:
    from pathlib import Path

MESSAGES = 130


@pytest.fixture
def served(tmp_path: Path) -> ServedSite:
    return ServedSite(tmp_path)


def counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    """Return what `qsfilter metrics` prints, by series."""
    capsys.readouterr()
    assert main(["metrics", "--path", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


def messages(series: dict[str, float], action: str) -> float:
    """Return how many messages had ACTION."""
    fits = re.compile(rf'qsfilter_messages_total\{{.*action="{action}".*\}}')
    return sum(value for name, value in series.items() if fits.fullmatch(name))


def test_the_wrapper_logs_json_and_counts(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.configure(f'{YARA}[log]\nformat = "json"\n[metrics]\n')
    for raw in (site.clean, site.infected, site.clean):
        answer = site.call(raw)
        assert answer.accepted
        told = json.loads(answer.log)
        assert told["action"] == ("quarantine" if raw is site.infected else "accept")
    series = counted(site.folder / "metrics", capsys)
    assert (messages(series, "accept"), messages(series, "quarantine")) == (2, 1)


def test_without_the_table_nothing_is_counted(site: Site) -> None:
    assert site.call(site.clean).accepted
    assert not (site.folder / "metrics").exists()


def test_what_syslog_does_not_take_is_on_descriptor_2(site: Site) -> None:
    """This machine may have a syslog daemon or none; in a sandbox without /dev/log the line is not lost."""
    site.configure(f'{YARA}[log]\nto = "syslog"\n')
    answer = site.call(site.clean)
    assert answer.accepted
    assert answer.log == "" or "action=accept" in answer.log


def test_the_service_counts_each_message_once(served: ServedSite, capsys: pytest.CaptureFixture[str]) -> None:
    """Those of all workers, also those that a worker has gathered when it ends."""
    served.configure(f'{YARA}[log]\nformat = "json"\n[metrics]\n', service="messages = 60")
    with served.service() as running, ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(served.hand_in, [f"letter {number}\n" for number in range(MESSAGES)]))
        assert [answer.deed for answer in answers] == [protocol.HAND_OVER] * MESSAGES
        told = [json.loads(line) for line in running.log.splitlines() if line.startswith("{")]
    series = counted(served.folder / "metrics", capsys)
    assert messages(series, "accept") == MESSAGES
    assert {line["action"] for line in told} == {"accept"}


def test_counters_that_cant_be_written_hold_up_no_mail(site: Site) -> None:
    (site.folder / "metrics").write_text("a file")
    site.configure(f"{YARA}[metrics]\n")
    answer = site.call(site.clean)
    assert answer.accepted
    assert "action=accept" in answer.log
    assert f"store {site.folder / 'metrics'}" in answer.log


def test_who_only_looks_whether_it_is_there_leaves_no_line(served: ServedSite) -> None:
    with served.service() as running:
        for _ in range(5):
            connected(running.socket).close()
        assert served.hand_in().deed == protocol.HAND_OVER
        assert "error=" not in running.log


def test_a_log_that_nobody_reads_holds_up_no_mail(served: ServedSite) -> None:
    """As where multilog is stopped: the pipe is full before the service starts."""
    out, into = os.pipe()
    os.set_blocking(into, False)
    with suppress(BlockingIOError):
        while True:
            os.write(into, b"x" * 4096)
    os.set_blocking(into, True)
    process = subprocess.Popen(
        [WRAPPER.parent / "qsfilter", "serve", "--config", served.config], stderr=into, stdout=into
    )
    try:
        until((served.folder / "run" / "s").exists)
        for _ in range(3):
            assert served.hand_in().deed == protocol.HAND_OVER
        assert served.hand_in(served.infected).deed == protocol.END
    finally:
        process.terminate()
        assert process.wait(60) == 0
        os.close(out)
        os.close(into)
