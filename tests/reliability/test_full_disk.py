"""A disk that is full, wherever something is written: mail waits or goes on, none is lost, and the log says which.

Each place lies on a small file system of its own, in a mount namespace that ends with this test. Where none can be
mounted, a bound on the size of files stands in for it; then more mail waits, as messages themselves find no room.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from qsfilter.testing.fake_clamd import FakeClamd
from qsfilter.testing.messages import attachment
from qsfilter.testing.service import until
from tests.process.conftest import YARA
from tests.reliability.balance import FULL, WAYS, BalancedSite, Sent, clean, infected, lines, none_bad
from tests.reliability.figures import record

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from qsfilter.testing.service import RunningService

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600 if FULL else 120)]

MOUNT = 'mount -t tmpfs -o size=2048k,nr_inodes=400 none "$0" && echo mounted && exec cat'
FILL = ("to the last byte", "nearly", "of names")
LONG = 40_000
"""Octets of a message, more than a disk that is nearly full has left."""
LEFT = 16_384
HUGE = 17 << 19
"""Octets that are not held in memory."""


class Disk:
    """A file system of two megabytes and 400 names, at `folder` as this process sees it."""

    before: tuple[str, ...] = ()
    """What stands before a program that is to find the disk as it is."""
    telling = True
    """Whether it is the place that fails, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, how: str, _running: RunningService) -> None:
        """Fill it in one of the ways of `FILL`."""
        if how == "of names":
            try:
                for number in range(1000):
                    (self.folder / f"filler-{number}").touch()
            except OSError:
                return
        with open(self.folder / "filler", "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                os.truncate(file.fileno(), max(0, file.tell() - (LEFT if how == "nearly" else 0)))

    def free(self, _running: RunningService) -> None:
        """Have room again."""
        for path in self.folder.glob("filler*"):
            path.unlink()


class Limited(Disk):
    """A folder like any other, and processes whose files may not grow past a few kilobytes while it is full."""

    before = ("prlimit", f"--fsize={LEFT}:")
    telling = False

    def fill(self, _how: str, running: RunningService) -> None:
        """Let no file of the service grow."""
        self._bound(running, LEFT)

    def free(self, running: RunningService) -> None:
        """Let them grow again."""
        self._bound(running, resource.RLIM_INFINITY)

    @staticmethod
    def _bound(running: RunningService, size: int) -> None:
        for pid in (running.pid, *running.workers):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """Mount a disk at FOLDER, where only the process that has mounted it sees it, and whoever goes through that."""
    folder.mkdir(exist_ok=True)
    for options in ([], ["--map-root-user"]):
        command = ["unshare", "--mount", *options, "sh", "-c", MOUNT, str(folder)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as it:
            assert it.stdout is not None
            if it.stdout.readline() == b"mounted\n":
                yield Disk(Path(f"/proc/{it.pid}/root{folder}"))
                return
    yield Limited(folder)


class Place(NamedTuple):
    """What is written to the disk, and what becomes of clean and infected mail while there is no room."""

    tables: str
    fates: dict[str, int]
    told: str
    """What stands in the log; empty where the log itself is on the disk."""
    told_by_all: bool = True
    """Whether the service says it with each message, too; else it has written nothing there."""
    fits: tuple[str, ...] = ()
    """Ways of `FILL` that leave room for the few lines which are written there."""


USUAL = {"handed": 1, "kept": 1}
NOTIFY = '[plugins.notify]\nadmin = "postmaster@example.com"\ntokens = ["admin"]\n'
LEGACYLOG = '[plugins.legacylog]\nquarantine_log = "{disk}/quarantine.log"\nmailstats = "{disk}/mailstats.csv"\n'
CLAMAV = '[plugins.clamav]\nuse = "qsfilter_clamav:ClamAV"\nservers = ["{clamd}"]\n'
PLACES = {
    "quarantine": Place("", {"handed": 1, "deferred": 1}, "by quarantine: deliver: "),
    # What was found to be infected is in quarantine by then.
    "archive": Place(
        '[plugins.archive]\npath = "{disk}/archive"\nmanifest = true\n',
        {"deferred": 1, "kept": 1},
        "by archive: deliver: ",
    ),
    "outbox": Place(f'[outbox]\npath = "{{disk}}/outbox"\n{NOTIFY}', USUAL, "by notify: report: "),
    "legacylog": Place(LEGACYLOG, USUAL, "by legacylog: report: ", fits=FILL[1:]),
    "attempts": Place(
        '[attempts]\npath = "{disk}/attempts"\n', USUAL, "note attempts", told_by_all=False, fits=FILL[1:2]
    ),
    "metrics": Place('[metrics]\npath = "{disk}/metrics"\n', USUAL, "/metrics: ", told_by_all=False),
    "verdicts": Place(f'[cache]\npath = "{{disk}}/verdicts"\n{CLAMAV}', USUAL, "/verdicts: ", told_by_all=False),
    "log": Place("", USUAL, ""),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> BalancedSite:
    """Return a site."""
    return BalancedSite(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def clamd(site: BalancedSite) -> Iterator[FakeClamd]:
    """Run a clamd, whose verdicts are remembered."""
    with FakeClamd(str(site.folder / "clamd")) as server:
        yield server


@pytest.mark.parametrize("name", PLACES)
def test_a_full_disk_costs_no_mail(site: BalancedSite, clamd: FakeClamd, name: str) -> None:
    """Nor is anything left half written there; the next messages go as usual when there is room."""
    place = PLACES[name]
    with small_disk(site.folder / "disk") as disk:
        site.quarantine = (disk.folder if name == "quarantine" else site.folder) / "quarantine"
        site.configure(YARA + place.tables.format(disk=disk.folder, clamd=clamd.name))
        running = site.service()
        if name == "log":
            running.directory = str(disk.folder)
        with running:
            for turn, how in enumerate(FILL):
                disk.fill(how, running)
                for way in WAYS if FULL else dict.fromkeys(("front", WAYS[turn])):
                    found, log = tried(site, running, way, disk.before)
                    record(f"full disk.{name}", messages=found.total(), **none_bad(found))
                    if not disk.telling:
                        continue
                    assert found == place.fates
                    if how not in place.fits and (place.told_by_all or way == "wrapper"):
                        assert place.told in log
                disk.free(running)
                found, log = tried(site, running, "front")
                assert found == USUAL, log
                assert not site.strays
                assert not list(disk.folder.glob("**/tmp/*"))
            if name == "archive":
                verify = [Path(sys.prefix, "bin", "qsfilter"), "archive", "verify", "--config", site.config]
                done = subprocess.run(verify, capture_output=True, text=True, check=False)
                assert done.returncode == 0, done
    site.quarantine = site.folder / "quarantine"


def tried(
    site: BalancedSite, running: RunningService, way: str, before: tuple[str, ...] = ()
) -> tuple[Counter[str], str]:
    """Send a clean and an infected message by WAY; return what became of them, and what was logged."""
    told, logged = [], len(running.log)
    for raw in (clean(LONG), infected(attachment(lines(LONG), "long.txt"))):
        answer = site.send(way, raw, before=before)
        told.append((Sent(raw, answer.code, site.envelope_sent), answer.log))
    if way != "wrapper":
        with suppress(TimeoutError):  # a log that is on the disk says nothing
            until(lambda: running.log.count(" action=", logged) >= len(told), 0.5)
    found = site.balance(one for one, _ in told)
    site.clear()
    return found, running.log[logged:] + "".join(log for _, log in told)


@pytest.mark.parametrize("how", FILL[:2])
def test_a_message_that_finds_no_room_waits(site: BalancedSite, how: str) -> None:
    """One that is not held in memory, in a folder for temporary files that is full."""
    site.configure()
    raw = clean(HUGE)
    with small_disk(site.folder / "temporary") as disk, site.service() as running:
        disk.fill(how, running)
        for way in WAYS:
            told = site.send(way, raw, before=disk.before, environment={"TMPDIR": str(disk.folder)})
            assert told.code == 53
            assert "can't write " in told.log
            assert told.log.count("\n") == 1
            found = site.balance([Sent(raw, told.code, site.envelope_sent)])
            assert found == {"deferred": 1}
            record("full disk.temporary files", messages=1, **none_bad(found))
        site.clear()
        assert site.send("front", raw).code == 0
    site.clear()
