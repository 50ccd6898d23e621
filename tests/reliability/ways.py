"""The ways that mail takes, each of which can be killed or failed at one system call: wrapper, front, worker.

Guarantee: after each injection the next message has gone through, and `Mail.check` holds.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

from qsfilter.queue.front import Settings, build
from qsfilter.testing.caller import call
from qsfilter.testing.fake_clamd import FakeClamd
from qsfilter.testing.service import until
from tests.process.conftest import Site
from tests.process.service_place import ServedSite
from tests.reliability import strace
from tests.reliability.mails import CLEAN, CONFIGURATION, NEXT, expire_everything, take_next

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path
    from typing import Self

    from tests.reliability.mails import Mail
    from tests.reliability.strace import Call, Ended, Injection

FULL = os.environ.get("QSFILTER_SOAK") == "1"
NEXT_AFTER = 10
"""Of the wrapper, which leaves nothing but files: after so many messages the next one is tried."""
AT_ONCE = f"""\
{strace.MAY_BE_TRACED}
from qsfilter.service import places, worker
places.FIRST_PAUSE_SECONDS = places.LONGEST_PAUSE_SECONDS = 0.01
start = worker.Worker.start
def start_to_be_traced(self):
    ctypes.CDLL(None).prctl({strace.PR_SET_PTRACER}, ctypes.c_ulong(-1), 0, 0, 0)
    start(self)
worker.Worker.start = start_to_be_traced
"""
"""What the service is changed in: a worker that died is replaced at once, and each may be traced."""

SCANNING = """\
[plugins.clamav]
servers = ["{clamd}"]
timeout = 3.0
[plugins.archive]
path = "{folder}/archive"
[plugins.legacylog]
quarantine_log = "{folder}/quarantine.log"
mailstats = "{folder}/mailstats.csv"
[metrics]
"""
RULES = """\
from qsfilter import rule

@rule("nothing")
def _(message):
    "Version {version}."
"""


class Wrapper:
    """The wrapper, alone."""

    first = "read(0<"
    """What the first call looks like that counts."""
    next_after = NEXT_AFTER
    steady = 0.9
    """Share of its calls that are the same in each run, at the least."""

    def __init__(self, folder: Path) -> None:
        """Make a site in FOLDER."""
        self.folder = folder
        self.site = self.made()
        self.program = self.site.wrapper
        self.trace = folder / "trace"
        self._tried = 0

    def made(self) -> Site:
        """Return the site."""
        site = Site(self.folder)
        site.configure(CONFIGURATION)
        return site

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End."""

    def run(self, mail: Mail, options: Sequence[str] = ()) -> Ended:
        """Hand MAIL in under strace with OPTIONS."""
        self.prepare(mail)
        environment = self.site.environment()
        return strace.run(self.program, mail.raw, mail.envelope(mail.given), environment, self.trace, options)

    def prepare(self, mail: Mail) -> None:
        """Make the site ready for MAIL."""
        if mail.anew:
            shutil.rmtree(self.site.quarantine, ignore_errors=True)

    def calls(self, mail: Mail, *, whole: bool = False) -> list[Call]:
        """Hand MAIL in, and list the calls from the first read of the message on, or of the WHOLE run."""
        self.run(mail)  # what is made once is there then
        self.clear()
        ended = self.run(mail)
        assert ended.code == 0, ended
        mail.check(self.site, ended.code)
        self.clear()
        return strace.calls(ended.trace, "" if whole else self.first)

    def tried(self, mail: Mail, injection: Injection) -> Ended:
        """Hand MAIL in with INJECTION, and check what became of it and whether the next message goes through."""
        ended = self.run(mail, injection.options)
        try:
            self._tried += 1
            if self._tried % self.next_after == 0:
                self.go_on()
            mail.check(self.site, ended.code)
        except AssertionError as error:
            raise AssertionError(f"{mail.name}, {injection}: exit code {ended.code}: {error}; {ended.log}") from error
        self.clear()
        return ended

    def go_on(self) -> None:
        """Assert that the next message goes through."""
        told = call(self.program, NEXT, CLEAN.envelope(CLEAN.given), environment=self.site.environment())
        assert told.code == 0, f"the next message: {told}"
        take_next(self.site)

    def clear(self) -> None:
        """Take away what is whole; what is half done stays in the way of the next."""
        for path in [*self.site.kept, *(self.site.queue_folder / "queue").iterdir()]:
            path.unlink()
        # A message that was killed at three times would be given up, and rightly.
        shutil.rmtree(self.folder / "attempts", ignore_errors=True)
        shutil.rmtree(self.folder / "spool", ignore_errors=True)


class Front(Wrapper):
    """The front, before a service that is left alone."""

    next_after = 1
    site: ServedSite

    def __init__(self, folder: Path) -> None:
        """Make a site in FOLDER, and build its front."""
        super().__init__(folder)
        self.running = self.site.service(more=AT_ONCE)
        self.program = str(folder / "front")
        queue = (self.site.queue.program,)
        settings = Settings(
            queue=queue, socket=self.running.socket, reply="plain", fallback=(), seconds=20.0, envelope_bytes=1 << 24
        )
        build(settings, self.program)

    def made(self) -> ServedSite:
        """Return the site."""
        site = ServedSite(self.folder)
        site.configure(CONFIGURATION, service="workers = 1")
        return site

    def __enter__(self) -> Self:
        """Start the service, and let a message through."""
        self.running.start()
        self.go_on()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.running.__exit__(None)

    def run(self, mail: Mail, options: Sequence[str] = ()) -> Ended:
        """Hand MAIL in as the wrapper's is, and return what the service logged, too."""
        before = len(self.running.log)
        ended = super().run(mail, options)
        return ended._replace(log=ended.log + self.running.log[before:])

    def waiting_worker(self) -> int:
        """Return the number of the worker, which waits for a message."""
        found: list[int] = []

        def is_there() -> bool:
            found[:] = [pid for pid in self.running.workers if strace.sleeps(pid, on="[eventpoll]")]
            return len(found) == 1

        until(is_there)
        return found[0]


class Asking(Front):
    """The wrapper that asks the service as the front does, at sites without a compiler."""

    def __init__(self, folder: Path) -> None:
        """Make a site in FOLDER."""
        super().__init__(folder)
        self.program = self.site.wrapper


class Worker(Front):
    """The service's worker, whom a front asks that is left alone."""

    first = ""
    steady = 0.8  # as some of what it loads at a first message it has loaded at another

    def run(self, mail: Mail, options: Sequence[str] = ()) -> Ended:
        """Hand MAIL in while the worker is traced with OPTIONS."""
        self.prepare(mail)
        before = len(self.running.log)
        pid = self.waiting_worker()
        with strace.attached(pid, self.trace, options):
            told = call(self.program, mail.raw, mail.envelope(mail.given), environment=self.site.environment())
            until(lambda: pid not in self.running.workers or strace.sleeps(pid, on="[eventpoll]"))
        if pid in self.running.workers and any("inject=close:error" in option for option in options):
            os.kill(
                pid, signal.SIGKILL
            )  # as strace's close is none, and a lock would be held that a real one gives back
            until(lambda: pid not in self.running.workers)
        if pid not in self.running.workers:  # its master tells of it a moment later
            until(lambda: "a worker " in self.running.log[before:])
        trace = self.trace.read_text(errors="replace")
        return strace.Ended(told.code, told.log + self.running.log[before:], trace)

    def calls(self, mail: Mail, *, whole: bool = False) -> list[Call]:
        """List the calls at a message that is not the first of its kind, or at one that is, for the WHOLE."""
        if not whole:
            return super().calls(mail)
        self.renew()
        ended = self.run(mail)
        mail.check(self.site, ended.code)
        self.clear()
        return strace.calls(ended.trace)

    def tried(self, mail: Mail, injection: Injection) -> Ended:
        """Try as others do; a worker that was not killed, though it should be, does not stay."""
        ended = super().tried(mail, injection)
        if "SIGKILL" in injection.act and not ended.hit:
            self.renew()
        return ended

    def renew(self) -> None:
        """Have the worker replaced by one that has seen one message."""
        pid = self.waiting_worker()
        os.kill(pid, signal.SIGKILL)
        until(lambda: pid not in self.running.workers)
        self.go_on()


class Scanning(Worker):
    """A worker that asks a clamd, counts, and keeps an archive and the logs of Qmail-Scanner."""

    steady = 0.7  # as databases are made, or waited for, or there already

    def made(self) -> ServedSite:
        """Return the site."""
        self.clamd = FakeClamd(str(self.folder / "clamd"))
        site = ServedSite(self.folder)
        more = SCANNING.format(folder=self.folder, clamd=self.clamd.name)
        site.configure(CONFIGURATION + more, service="workers = 1")
        return site

    def __enter__(self) -> Self:
        """Start clamd, too."""
        self.clamd.__enter__()
        return super().__enter__()

    def __exit__(self, *details: object) -> None:
        """Stop it last."""
        try:
            super().__exit__(*details)
        finally:
            self.clamd.__exit__(*details)


class Ruled(Worker):
    """A worker at a site whose rules have changed before each message."""

    version = 0

    def made(self) -> ServedSite:
        """Return the site."""
        site = ServedSite(self.folder)
        site.configure(f'[rules]\nfiles = ["{self.folder / "rules.py"}"]\n{CONFIGURATION}', service="workers = 1")
        return site

    def __enter__(self) -> Self:
        """Begin with a first version of the rules."""
        self.write_rules()
        return super().__enter__()

    def prepare(self, mail: Mail) -> None:
        """Write another version of the rules."""
        super().prepare(mail)
        self.write_rules()

    def write_rules(self) -> None:
        """Write rules, in one step, that say nothing of any message."""
        self.version += 1
        fresh = self.folder / "rules.new"
        fresh.write_text(RULES.format(version=self.version))
        fresh.rename(self.folder / "rules.py")


def each(
    make: Callable[[Path], Wrapper], folder: Callable[[], Path], mail: Mail, injections: Iterable[Injection]
) -> list[tuple[Injection, Ended]]:
    """Try MAIL with all INJECTIONS, two at a time, each with a way of its own that MAKE makes in a new FOLDER.

    Most of them must happen. At the end nothing is in a quarantine that would not be removed in time.
    """
    own = threading.local()
    ways: list[Wrapper] = []
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:

        def try_one(injection: Injection) -> tuple[Injection, Ended]:
            if not hasattr(own, "way"):
                own.way = stack.enter_context(make(folder()))
                ways.append(own.way)
            return injection, own.way.tried(mail, injection)

        found = list(pool.map(try_one, injections))
        for way in ways:
            way.go_on()
    # A close that is failed by strace is none, so until its process ends a lock may be held.
    for way in ways:
        expire_everything(way.site)
    happened = sum(ended.hit for _, ended in found)
    assert happened >= ways[0].steady * len(found), f"{happened} of {len(found)} injections happened"
    return found


def new_folder(above: Path) -> Callable[[], Path]:
    """Return what makes a new folder below ABOVE at each call."""
    numbers = itertools.count()

    def make() -> Path:
        made = above / str(next(numbers))
        made.mkdir(parents=True)
        return made

    return make
