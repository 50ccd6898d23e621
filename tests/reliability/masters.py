"""A service whose master is killed: while it starts, has a message examined again, changes its configuration, or ends.

Guarantee: afterwards no process of it is left, another one starts in its place, and the next message goes through.
"""

from __future__ import annotations

import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qsfilter.testing.caller import call
from qsfilter.testing.messages import message
from qsfilter.testing.service import until
from tests.process.service_place import TOLD, ServedSite
from tests.reliability import strace
from tests.reliability.mails import CLEAN, CONFIGURATION, Mail
from tests.reliability.ways import Front

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.reliability.strace import Call, Ended

MOMENTS = ("start", "death", "reload", "stop")
DEADLY = Mail(
    name="deadly",
    raw=message(b"bad scan does kill\n", subject="deadly"),
    given=CLEAN.given,
    handed=CLEAN.handed,
)
"""Its first worker dies of it; it goes on without the plugin that killed."""
SLOW = Mail(
    name="slow",
    raw=message(b"bad scan does wait\n", subject="slow"),
    given=CLEAN.given,
    handed=CLEAN.handed,
)
"""It is in hand for a moment."""


class Master(Front):
    """The master of a service, at one moment."""

    first = ""
    steady = 0.5  # as it wakes up in vain another number of times

    def __init__(self, folder: Path, moment: str) -> None:
        """Make a site in FOLDER, whose service is stopped at MOMENT, one of `MOMENTS`."""
        self.moment = moment
        self.mail = {"start": CLEAN, "death": DEADLY}.get(moment, SLOW)
        super().__init__(folder)

    def made(self) -> ServedSite:
        """Return the site, with a plugin that does what a message says."""
        site = ServedSite(self.folder)
        (self.folder / "told.py").write_text(TOLD)
        bad = '[plugins.bad]\nuse = "told:Told"\nname = "bad"\non_error = "accept"\n'
        site.configure(CONFIGURATION + bad, service="workers = 1")
        return site

    def calls(self, mail: Mail, *, whole: bool = False) -> list[Call]:
        """List the master's calls; as it starts, those from where it is the only one, unless the WHOLE is wanted."""
        found = super().calls(mail)
        if self.moment == "start" and not whole:
            found = found[next(number for number, one in enumerate(found) if "s.lock" in one.told) :]
        return found

    def run(self, mail: Mail, options: Sequence[str] = ()) -> Ended:
        """Hand MAIL in at the moment, while the master is traced with OPTIONS; then see that it serves again."""
        before = len(self.running.log)
        if self.moment == "start":
            self.running.stop()
            code = self._started(mail, options)
        else:
            self.waiting_worker()
            with strace.attached(self.running.pid, self.trace, options):
                code = self._at_the_moment(mail)
        self._serve_again(before)
        trace = self.trace.read_text(errors="replace")
        return strace.Ended(code, self.running.log[before:], trace)

    def _handed_in(self, mail: Mail) -> int:
        environment = self.site.environment()
        return call(self.program, mail.raw, mail.envelope(mail.given), environment=environment).code

    def _at_the_moment(self, mail: Mail) -> int:
        """Hand MAIL in, see the moment through while it is in hand, and return what became of it."""
        if self.moment == "death":
            return self._handed_in(mail)
        before = len(self.running.log)
        process, worker = self.running.process, self.waiting_worker()
        assert process is not None
        with ThreadPoolExecutor(1) as pool:
            code = pool.submit(self._handed_in, mail)
            # A master that is killed before that lets its worker end without the message.
            until(lambda: process.poll() is not None or strace.sleeps(worker, on="/memfd:qsfilter (deleted)"))
            if self.moment == "reload":
                process.send_signal(signal.SIGHUP)  # which does nothing if it has ended

                def is_known() -> bool:
                    told = (
                        self.running.log[before:] + self._traced()
                    )  # as the line may not be written, nor traced whole
                    return process.poll() is not None or "the new con" in told

                until(is_known)
            else:
                process.terminate()
                process.wait(strace.SECONDS)
            return code.result(strace.SECONDS)

    def _started(self, mail: Mail, options: Sequence[str]) -> int:
        """Start the service under strace with OPTIONS, and hand MAIL in when it serves or has ended."""
        before = len(self.running.log)
        self.trace.unlink(missing_ok=True)
        last_good = os.path.join(self.running.directory, "last-good")
        serve = [*self.running.program, "--config", self.running.config, "--last-good", last_good]
        with (
            open(os.path.join(self.running.directory, "service.log"), "ab") as log,
            subprocess.Popen(
                ["strace", "-q", "-y", "-o", str(self.trace), *options, *serve],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.site.environment(),
            ) as tracer,
        ):

            def is_there() -> bool:
                told = self.running.log[before:] + self._traced()  # as the line may not be written
                return "serving at " in told or tracer.poll() is not None

            try:
                until(is_there)
                code = self._handed_in(mail)
            finally:
                with suppress(FileNotFoundError, ProcessLookupError):  # it has ended
                    for pid in Path(f"/proc/{tracer.pid}/task/{tracer.pid}/children").read_text().split():
                        os.kill(int(pid), signal.SIGTERM)
                tracer.wait(strace.SECONDS)
        return code

    def _serve_again(self, before: int) -> None:
        """See that all that was there ends, if the master has, or what is told since BEFORE says so; start another."""
        process = self.running.process
        assert process is not None
        ends = "killed by SIGKILL" in self._traced()
        ends = ends or "the service ends" in self.running.log[before:]
        until(lambda: process.poll() is not None or not ends)
        if process.poll() is None:
            return
        until(lambda: not self._processes())
        self.running.start()

    def _traced(self) -> str:
        """Return what strace has written up to now."""
        return self.trace.read_text(errors="replace") if self.trace.exists() else ""

    def _processes(self) -> list[int]:
        """Return the numbers of the service's processes, whoever is their parent."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    told = (folder / "cmdline").read_bytes().split(b"\0")
                except (FileNotFoundError, ProcessLookupError):
                    continue
                if self.running.program[0].encode() in told and b"strace" not in told[0]:
                    found.append(int(folder.name))
        return found
