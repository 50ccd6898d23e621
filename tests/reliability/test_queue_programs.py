"""Whatever the queue program says or dies of, the caller is told exactly that, and "accepted" for 0 alone."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from qsfilter import Envelope, Filter, QmailQueue
from tests.reliability.balance import FULL, WAYS, BalancedSite, clean, infected, none_bad
from tests.reliability.figures import record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qsfilter.testing.service import RunningService

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900 if FULL else 120)]

ENDING = r"""
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* Read message and envelope to their ends, then end as the file says that the argument names: its exit code, or, below
   0, the signal that it dies by. */
int main(int argc, char **argv)
{
    static char buffer[65536];
    for (int number = 0; number < 2; number++)
        while (read(number, buffer, sizeof buffer) > 0)
            ;
    char plan[16] = "";
    if (argc != 2 || read(open(argv[1], O_RDONLY), plan, sizeof plan - 1) <= 0)
        return 99;
    int how = atoi(plan);
    if (how >= 0)
        return how;
    signal(-how, SIG_DFL);
    kill(getpid(), -how);
    return 98;
}
"""
STOP_OR_NOTHING = {
    signal.SIGCHLD, signal.SIGCONT, signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGURG,
    signal.SIGWINCH,
}  # fmt: skip
"""Signals that nobody dies of."""
DEATHS = sorted(-number for number in signal.valid_signals() - STOP_OR_NOTHING)
CODES = list(range(1, 256))
EDGES = [1, 10, 11, 31, 40, 41, 51, 53, 54, 71, 81, 82, 91, 99, 100, 111, 115, 120, 127, 128, 255]
"""Codes that a caller knows, and neighbours of those."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> BalancedSite:
    """Return a site whose queue program ends as the file `plan` says."""
    folder = tmp_path_factory.mktemp("site")
    made = BalancedSite(folder)
    (folder / "ending.c").write_text(ENDING)
    compiler = ["cc", "-O1", "-o", str(folder / "ending"), str(folder / "ending.c")]
    subprocess.run(compiler, check=True)
    ending = f'["{folder}/ending", "{folder}/plan"]'
    made.configure(ONLY_HEADERS, program="PROGRAM")
    for config in (made.config, made.alone):
        config.write_text(config.read_text().replace('"PROGRAM"', ending))
    made.build_front(f"{folder}/ending", f"{folder}/plan")
    return made


ONLY_HEADERS = ""
"""No plugin: what is found plays no part here."""


@pytest.fixture(scope="module")
def running(site: BalancedSite) -> Iterator[RunningService]:
    """Run the service."""
    with site.service() as service:
        yield service


def sample(way: str, turn: int) -> list[int]:
    """Return the ends that are tried by WAY: all by the front, by the wrapper every one that is an edge, and others."""
    if FULL or way in {"front", "library"}:
        return [*CODES, *DEATHS]
    others = [code for code in CODES if code not in EDGES]
    return [*EDGES[turn::3], *others[turn::47], *DEATHS[turn::11]]


@pytest.mark.parametrize("way", WAYS)
def test_the_caller_sees_how_the_queue_program_ended(site: BalancedSite, running: RunningService, way: str) -> None:
    """And of another code than 0 it never takes the message for accepted."""
    ends = sample(way, WAYS.index(way))
    raw = clean()
    for how in ends:
        (site.folder / "plan").write_text(str(how))
        told = site.send(way, raw)
        assert told.code == how, told
        assert not told.accepted
        assert site.untouched
    record(f"queue programs.{way}", ends=len(ends), told_otherwise=0)


def test_a_library_user_sees_the_same(site: BalancedSite) -> None:
    """Death by a signal is "try again later" there, as a number below 0 is no exit code."""
    transport = QmailQueue(program=(f"{site.folder}/ending", f"{site.folder}/plan"))
    chosen = Filter(transport=transport, quarantine=str(site.quarantine))
    envelope = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
    ends = sample("library", 0)
    for how in ends:
        (site.folder / "plan").write_text(str(how))
        report = chosen.run(clean(), envelope)
        assert report.outcome is not None
        assert report.outcome.exit == (how if how > 0 else 71)
        assert not report.outcome.handed
    record("queue programs.library", ends=len(ends), told_otherwise=0)


def test_only_with_0_it_is_taken(tmp_path: Path) -> None:
    """By the strict stand-in, which reads both files to their ends before it says a code or dies."""
    site = BalancedSite(tmp_path, planned=True)
    site.configure()
    sent = []
    with site.service():
        for way in WAYS:
            for how in (0, 53, -9) if way == "asking" else (0, 31, -15):
                site.queue.exit_with(how) if how >= 0 else site.queue.die_by(-how)
                sent.append(site.sent(way, clean()))
                assert sent[-1].code == how
            site.queue.exit_with(53)  # it is not asked about what nobody is to get
            sent.append(site.sent(way, infected()))
    found = site.balance(sent)
    assert found == {"handed": 3, "kept": 3, "deferred": 4, "refused": 2}
    record("queue programs.taken", messages=len(sent), **none_bad(found))


def test_a_queue_program_that_is_killed_in_the_middle_has_not_taken_it(tmp_path: Path) -> None:
    """It dies while it reads; nobody takes that for an answer."""
    site = BalancedSite(tmp_path)
    program = site.script("dies", "#!/bin/sh\nread line\nkill -9 $$\n")
    site.configure("", program=program)
    site.build_front(program)
    with site.service():
        for way in WAYS:
            told = site.send(way, clean(1_000_000))
            assert told.code == -signal.SIGKILL
            assert not told.accepted
    assert os.listdir(site.queue_folder / "queue") == []
