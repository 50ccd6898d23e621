"""Under load, with workers killed, reloads and rules that change: what was accepted is there once, byte for byte.

Eight clients send mixed mail through mailfront, the front and the service to a strict queue. Half of it meets trouble;
the rest flows in peace, so that memory can be watched in workers that live. QSFILTER_SOAK=1 sends 25,000 mails. The
seed is printed; QSFILTER_SEED repeats a run, though not the moments at which things happen.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.reliability.figures import record
from tests.reliability.load_books import Place, answered, could_be_answered, faults_of, keys, taken_stock
from tests.reliability.load_clients import NO_ANSWER, REFUSED, TAKEN, Client, Ledger
from tests.reliability.load_mail import Mail, Mails
from tests.reliability.load_processes import Seen, running, slope
from tests.reliability.load_site import NEW, LoadSite
from tests.reliability.load_trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

FULL = os.environ.get("QSFILTER_SOAK") == "1"
CLIENTS = 8


class Size(NamedTuple):
    """How much is sent: batches with trouble, as many without, mails in each, attempts between two troubles."""

    batches: int
    troubled: int
    calm: int
    every: int


SIZE = Size(20, 500, 750, 40) if FULL else Size(5, 50, 40, 12)
SECONDS = 3600 if FULL else 120
COLLECT_EVERY = None if FULL else 10
"""Messages between two collections of garbage in a worker, where production's number would be all of a short run."""
MOST_GROWN, MOST_GROWN_BY_RELOAD = (1_000, 50_000) if FULL else (20_000, 1_000_000)
"""Bytes that the service may grow for each mail, and for each reload.

A worker that grew by the first in the 10,000 messages that it serves would come to a sixth of `service.grown_bytes`.
The second numbers are for a run that is too short to tell growth from chance, which is some MB.
"""
MOST_CALM = 4 * SIZE.batches
"""Batches in peace after which memory must have come to rest; what leaks never does."""
MOST_OPENED = 8
"""Descriptors that a worker opens when it first needs them, and keeps: databases, a session with clamd."""
pytestmark = [pytest.mark.servers, pytest.mark.timeout(SECONDS), *([pytest.mark.slow] if FULL else [])]


@dataclass
class Run:
    """One load, and what was seen."""

    site: LoadSite
    mails: Mails
    ledger: Ledger = field(default_factory=Ledger)
    done: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    seconds: Counter[str] = field(default_factory=Counter)
    begin: Seen | None = None
    troubled: list[Seen] = field(default_factory=list)
    """After each batch with trouble, with new workers."""
    reloads: list[int] = field(default_factory=list)
    """How often a configuration had come into force by then."""
    calm: list[Seen] = field(default_factory=list)
    """After each batch in peace, with the same workers; more batches while the memory still grows, up to a bound."""
    workers: list[int] = field(default_factory=list)
    """When the peace began, and at its end."""
    left: list[int] = field(default_factory=list)
    """Fronts and queue programs that ran when all was over."""


class Dealt:
    """Deals mails out to several threads."""

    def __init__(self, mails: Iterator[Mail]) -> None:
        self._mails = mails
        self._lock = threading.Lock()

    def __iter__(self) -> Self:
        """Return itself."""
        return self

    def __next__(self) -> Mail:
        with self._lock:
            return next(self._mails)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Send all mail, and return what was seen when every server has stopped."""
    seed = int(os.environ.get("QSFILTER_SEED") or int.from_bytes(os.urandom(4)))
    print(f"QSFILTER_SEED={seed}")  # noqa: T201 - for whoever repeats a run that failed
    this = Run(LoadSite(tmp_path_factory.mktemp("load"), collect_every=COLLECT_EVERY), Mails(seed))
    with this.site as site:
        clients = [Client(site.smtp.port, this.ledger, f"{seed} client {number}") for number in range(CLIENTS)]
        trouble = Trouble(site, this.ledger, f"{seed} trouble", every=SIZE.every)
        this.begin = site.quiet(0)
        for _ in range(SIZE.batches):
            send(this, clients, SIZE.troubled, trouble)
            this.troubled.append(site.settled(this.sent))
            this.reloads.append(site.service.log.count(NEW))
        this.done = trouble.done
        this.workers += site.service.workers
        while len(this.calm) < SIZE.batches or (by_mail(this) > MOST_GROWN and len(this.calm) < MOST_CALM):
            send(this, clients, SIZE.calm)
            this.calm.append(site.quiet(this.sent))
        this.workers += site.service.workers
    this.left = running([site.front, site.program])
    return this


def send(this: Run, clients: list[Client], count: int, trouble: Trouble | None = None) -> None:
    """Let CLIENTS send COUNT mails and wait until all are answered for good, with or without TROUBLE."""
    numbers = range(this.sent, this.sent + count)
    dealt = Dealt(this.mails.mail(number) for number in numbers)
    begun = time.monotonic()
    with trouble or nullcontext(), ThreadPoolExecutor(len(clients)) as pool:
        for done in [pool.submit(client.send_all, dealt) for client in clients]:
            done.result()
    this.seconds["troubled" if trouble else "calm"] += time.monotonic() - begun
    this.sent += count


def late(this: Run) -> list[Seen]:
    """Return what was seen in peace once everything was used."""
    return this.calm[len(this.calm) // 4 :]


def by_mail(this: Run) -> float:
    """Return by how many bytes the service grew with each mail in peace."""
    return slope([(seen.sent, seen.all) for seen in late(this)])


@pytest.fixture(scope="module")
def handed(run: Run) -> Place:
    """Return what the queue has."""
    return taken_stock(run.site.handed(), run.mails)


@pytest.fixture(scope="module")
def kept(run: Run) -> Place:
    """Return what the quarantine has."""
    return taken_stock(run.site.kept(), run.mails)


# --- the mail ---------------------------------------------------------------------------------------------------------


def test_what_was_accepted_is_there_once_and_whole(run: Run, handed: Place, kept: Place) -> None:
    """Handed over or kept, for each recipient; twice only where the client saw no answer."""
    given: dict[int, dict[bytes, int]] = defaultdict(dict)
    safe: dict[int, dict[bytes, int]] = defaultdict(dict)
    for place, by_mail in ((handed, given), (kept, safe)):
        for (number, recipient), count in place.copies.items():
            by_mail[number][recipient] = count
    told = run.ledger.told
    assert sorted(told) == list(range(run.sent))
    assert {*handed.mails, *kept.mails} <= set(told)
    faults = [
        fault
        for number, codes in told.items()
        for fault in faults_of(run.mails.mail(number), codes, given[number], safe[number])
    ]
    seen = Counter(code for codes in told.values() for code in codes)
    record(
        "load.mail",
        sent=run.sent,
        accepted=seen[TAKEN],
        refused=seen[REFUSED],
        put_off=sum(count for code, count in seen.items() if 400 <= code < 500),
        clients_gone=sum(count for code, count in seen.items() if code <= NO_ANSWER),
        handed_over=sum(handed.mails.values()),
        kept=sum(kept.mails.values()),
        handed_over_again=sum(count - 1 for count in handed.mails.values()),
        lost=sum(fault.endswith(": lost") for fault in faults),
        altered=len(handed.altered) + len(kept.altered),
        seconds=round(sum(run.seconds.values()), 1),
    )
    record("load.trouble", **{kind.replace(" ", "_"): count for kind, count in run.done.items()})
    assert (handed.altered, kept.altered, faults) == ([], [], [])


def test_trouble_was_made(run: Run) -> None:
    """Workers died with a message in hand, configurations came into force, and rules changed their mind."""
    log = run.site.service.log
    assert run.done["kill"] >= SIZE.batches
    assert "examined again without it" in log
    assert log.count(NEW) >= SIZE.batches
    turning = [number for number in run.ledger.told if run.mails.mail(number).kind == "turning"]
    assert {run.ledger.told[number][-1] for number in turning} == {TAKEN, REFUSED}


def test_nothing_half_written_stays_that_is_not_cleaned_away(run: Run) -> None:
    """What killed workers have left half written goes when it is old enough."""
    site = run.site
    strays = [path for path in site.folder.rglob("tmp/*") if path.is_file() and "clamd" not in path.parts]
    assert len(strays) <= run.done["kill"], strays
    assert not [path for path in strays if site.queue_folder in path.parents]
    old = time.time() - 40 * 3600
    for path in strays:
        os.utime(path, (old, old))
    done = subprocess.run(
        [site.wrapper, "-z"],
        check=False,
        env=site.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert not [path for path in strays if path.exists()]
    assert not [*Path(site.service.directory).rglob("in-hand.*")]
    # An attempt that broke off when its client had gone, and whose retry had been answered by then, is waited for.
    number_of = keys(site.log_lines())
    noted = {path.name for path in (site.folder / "attempts").glob("??/*")}
    assert [name for name in noted if NO_ANSWER not in run.ledger.told[number_of[name[:16]]]] == []


# --- archive and logs -------------------------------------------------------------------------------------------------


def test_all_that_was_answered_is_in_the_archive_and_in_its_manifest(run: Run) -> None:
    archived = taken_stock(run.site.archived(), run.mails)
    assert archived.altered == []
    assert sorted(archived.mails.elements()) == sorted(run.ledger.told)
    command = [
        os.path.join(sys.prefix, "bin", "qsfilter"),
        "archive",
        "verify",
        "--path",
        str(run.site.folder / "archive"),
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_log_has_a_line_for_each_answer(run: Run) -> None:
    """Only those of workers that were killed may lack."""
    logged, broken = answered(run.site.log_lines())
    assert broken == []
    lacking = 0
    for number, told in run.ledger.told.items():
        least, most = could_be_answered(told)
        assert logged[number] <= most, (number, told)
        lacking += max(0, least - logged[number])
    assert lacking <= run.done["kill"]
    record("load.log", lines=logged.total(), lacking=lacking)


def test_the_logs_of_qmail_scanner_have_a_line_for_each_answer(run: Run) -> None:
    lines = (run.site.folder / "mailstats.csv").read_bytes().decode("utf-8", "backslashreplace").split("\n")
    assert lines.pop() == ""
    seen: Counter[tuple[str, str]] = Counter()
    for line in lines:
        columns = line.split("\t")
        assert len(columns) >= 8, line
        seen[columns[4], columns[5]] += 1
    lacking = set()
    for number, told in run.ledger.told.items():
        mail = run.mails.mail(number)
        least, most = could_be_answered(told)
        counts = [seen[mail.sender.decode(), recipient.decode()] for recipient in mail.recipients]
        assert max(counts) <= most, (number, told)
        lacking |= {number} if min(counts) < least else set()
    assert len(lacking) <= run.done["kill"]


# --- processes --------------------------------------------------------------------------------------------------------


def test_memory_is_flat(run: Run) -> None:
    """In peace by mail, once everything was used; with trouble by reload, as each brings another configuration."""
    assert sorted(run.workers[: len(run.workers) // 2]) == sorted(run.workers[len(run.workers) // 2 :])
    calm = late(run)
    by_reload = slope([(count, seen.all) for count, seen in zip(run.reloads, run.troubled, strict=True)])
    record(
        "load.memory",
        bytes_a_mail=round(by_mail(run), 1),
        bytes_a_mail_in_workers=round(slope([(seen.sent, seen.workers) for seen in calm]), 1),
        bytes_a_mail_in_master=round(slope([(seen.sent, seen.master) for seen in calm]), 1),
        most_bytes_a_mail=MOST_GROWN,
        bytes_a_reload=round(by_reload),
        most_bytes_a_reload=MOST_GROWN_BY_RELOAD,
        reloads=run.reloads[-1],
        largest=max(seen.all for seen in (*run.troubled, *run.calm)),
    )
    assert by_mail(run) <= MOST_GROWN
    assert by_reload <= MOST_GROWN_BY_RELOAD


def test_no_descriptor_and_no_process_is_left(run: Run) -> None:
    """Each look at the processes has waited until there were no others and none was dead (`LoadSite.quiet`)."""
    assert run.begin is not None
    for seen in (*run.troubled, *run.calm):
        assert seen.descriptors[0] == run.begin.descriptors[0]
        assert max(seen.descriptors[1:]) <= max(run.begin.descriptors[1:]) + MOST_OPENED
    assert run.left == []
    record("load.descriptors", master=run.begin.descriptors[0], most_of_a_worker=max(run.calm[-1].descriptors[1:]))
