"""A clock that jumps by a year, forth and back, while mail is served: deadlines end, and nothing goes on for ever.

The clock is that of the served processes alone (libfaketime, which the C library's calls go through); the clock that
only counts on does so, as it does on a machine whose time is set.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter.bypass import Bypass
from qsfilter.queue import protocol
from qsfilter.testing.fake_clamd import FakeClamd
from qsfilter.testing.messages import attachment, message, part
from tests.process.conftest import YARA
from tests.reliability.balance import FULL, BalancedSite, Sent, clean, infected, lines, none_bad
from tests.reliability.figures import record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900 if FULL else 120)]

YEAR, HOUR = 365 * 86400, 3600
JUMPS = (YEAR, 0, -YEAR, 0)
LIBRARIES = "usr/lib/*/faketime/libfaketimeMT.so.1"


class Clock:
    """The clock of processes that get `environment`."""

    def __init__(self, folder: Path) -> None:
        """Keep what it shows in FOLDER."""
        found = sorted(Path("/").glob(LIBRARIES))
        if not found:
            pytest.fail("install libfaketime")
        self._file = folder / "clock"
        self.environment = {
            "LD_PRELOAD": str(found[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }
        self.jump(0)

    def __enter__(self) -> Self:
        """Make the memory that all its processes share, for each would make some, and leave it if it is killed."""
        self._holder = subprocess.Popen(
            ["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **self.environment}
        )
        assert self._holder.stdin is not None
        assert self._holder.stdout is not None
        self._holder.stdin.write(b"x")
        self._holder.stdin.flush()
        assert self._holder.stdout.read(1) == b"x"
        self.environment["FAKETIME_SHARED"] = f"/faketime_sem_{self._holder.pid} /faketime_shm_{self._holder.pid}"
        return self

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        with self._holder:
            pass

    def jump(self, seconds: float) -> None:
        """Show a time that is SECONDS ahead, or behind where it is below 0."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+.0f}")
        new.rename(self._file)

    def shown(self) -> float:
        """Return what a process of the clock takes for the time."""
        told = subprocess.check_output(
            [sys.executable, "-ISc", "import time; print(time.time())"], env=self.environment
        )
        return float(told)


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[Clock]:
    """Return a clock that shows the right time."""
    with Clock(tmp_path) as shown:
        yield shown


@pytest.fixture
def site(tmp_path: Path) -> BalancedSite:
    """Return a site."""
    return BalancedSite(tmp_path)


@contextmanager
def jumping(clock: Clock) -> Iterator[None]:
    """Let CLOCK jump about."""
    chance = random.Random(3)  # noqa: S311 - it has to be the same each time
    stopped = threading.Event()

    def jump() -> None:
        while not stopped.wait(chance.uniform(0.0, 0.05)):
            clock.jump(chance.choice(JUMPS))

    jumps = threading.Thread(target=jump)
    jumps.start()
    try:
        yield
    finally:
        stopped.set()
        jumps.join(60)
        clock.jump(0)


def test_the_clock_is_the_one_that_is_asked(clock: Clock) -> None:
    """Or this page would prove nothing."""
    now = datetime.now(UTC).timestamp()
    for jump in JUMPS:
        clock.jump(jump)
        assert clock.shown() - now == pytest.approx(jump, abs=60)


def test_while_it_jumps_mail_is_answered_as_ever(site: BalancedSite, clock: Clock) -> None:
    """With all that looks at the time: archive, notices, counters, attempts, rules."""
    rules = site.folder / "rules.py"
    rules.write_text("from qsfilter import rule\n@rule('none')\ndef _(message): return None\n")
    site.configure(
        f'{YARA}[rules]\nfiles = ["{rules}"]\n[metrics]\n[plugins.archive]\npath = "{site.folder}/archive"\n'
        'folders = "date"\nmanifest = true\n'
        '[plugins.notify]\nadmin = "postmaster@example.com"\ntokens = ["admin"]\n',
        service="messages = 20",
    )

    def send(number: int) -> Sent:
        way = "wrapper" if number % 20 == 0 else "asking" if number % 10 == 0 else "front"
        raw = clean() if number % 3 else infected()
        if number % 7 == 0:
            os.utime(rules)
        return Sent(raw, site.send(way, raw, environment=clock.environment).code, site.envelope_sent)

    many = 2000 if FULL else 80
    with site.service(**clock.environment) as running, jumping(clock), ThreadPoolExecutor(2) as pool:
        sent = list(pool.map(send, range(many)))
    found = site.balance(sent)
    assert set(found) <= {"handed", "kept", "deferred"}
    # Under libfaketime Python's sleep fails with EINVAL, so who has to wait for a lock can't; such mail is put off.
    assert found["deferred"] <= 1 + many // 50, running.log
    record("clock.jumps", messages=many, **none_bad(found))
    verify = [Path(sys.prefix, "bin", "qsfilter"), "archive", "verify", "--json", "--config", site.config]
    told = subprocess.run(verify, stdout=subprocess.PIPE, check=False).stdout.splitlines()
    troubles = [json.loads(line)["what"] for line in told[:-1]]
    # What broke off between copy and line waits for a retry, which nobody makes here.
    assert set(troubles) <= {"not-in-manifest"}
    assert len(troubles) <= sum(one.code != 0 for one in sent)


def test_while_it_jumps_every_wait_ends(site: BalancedSite, clock: Clock) -> None:
    """A plugin that hangs, one that hangs in native code, and one that dies."""
    site.told("bad", more="timeout = 0.3")
    acts = ("sleep", "native", "spin", "segv", "swallow")
    with site.service(**clock.environment) as running, jumping(clock):
        for number, act in enumerate(acts * (10 if FULL else 1)):
            found = site.hand_in(f"bad scan does {act}, number {number}\n")
            assert (found.deed, found.code) == (protocol.END, 71)
            assert site.hand_in().deed == protocol.HAND_OVER
        assert "timeout by bad: scan" in running.log
    record("clock.waits", hung=len(acts) * (10 if FULL else 1), not_ended=0)


# --- what ends at a time ----------------------------------------------------------------------------------------------


def test_a_remembered_verdict_ends(site: BalancedSite, clock: Clock) -> None:
    """And one that was given while the clock was ahead counts for nothing when it is right again."""
    server = site.folder / "server"
    table = f'[plugins.clamav]\nuse = "qsfilter_clamav:ClamAV"\nservers = ["unix:{server}"]\n'
    site.configure(table)
    content = lines(40_000)
    with FakeClamd(str(server)) as clamd, site.service(**clock.environment):

        def asked(jump: float) -> bool:
            """Whether clamd is asked about CONTENT at a time that is JUMP ahead."""
            clock.jump(jump)
            clamd.contents.clear()
            assert site.sent("front", message(part(b"%f\n" % jump), attachment(content, "long.txt"))).code == 0
            return content in clamd.contents

        assert [asked(jump) for jump in (0, 0, YEAR, YEAR, 0, 0, -YEAR, -YEAR, 0)] == [
            True, False, True, False, True, False, True, False, True,
        ]  # fmt: skip


def test_an_allow_entry_ends_at_its_date(site: BalancedSite, clock: Clock) -> None:
    """And holds again where the date has not come after all."""
    until = (datetime.now(UTC) + timedelta(days=30)).date()
    site.configure(
        '[plugins.attachments]\nuse = "qsfilter_attachments:Attachments"\nblock = [".exe"]\n'
        f'[[allow]]\nsilence = "policy extension .exe"\nuntil = {until}\n'
    )
    with site.service(**clock.environment):
        codes = []
        for jump in (0, YEAR, 0, -YEAR):
            clock.jump(jump)
            codes.append(site.sent("front", message(part(b"x\n"), attachment(b"text", "a.exe"))).code)
    assert codes == [0, 31, 0, 0]


def test_a_bypass_ends(site: BalancedSite, clock: Clock) -> None:
    """And does not begin anew where the clock is set back behind its beginning."""
    site.configure()
    with site.service(**clock.environment):
        Bypass(path=str(site.folder / "bypass")).grant(HOUR, "a test", "root")
        passed = []
        for jump in (0, 2 * HOUR, YEAR, -YEAR, -2 * HOUR):
            clock.jump(jump)
            site.sent("front", infected())
            passed.append(len(site.queue.queued) == 1)
            site.clear()
    assert passed == [True, False, False, False, False]


def test_later_has_an_end(site: BalancedSite, clock: Clock) -> None:
    """What waits for two hours at most is kept after that, whatever year the clock has shown between."""
    rule = '[[policy]]\nmatch = { kind = "failure" }\naction = "defer"\nhours = 2\nthen = "quarantine"\n'
    nowhere = '[plugins.clamav]\nuse = "qsfilter_clamav:ClamAV"\nservers = ["unix:/no/such/socket"]\n'
    site.configure(nowhere + rule)

    def answers(*jumps: float) -> list[int]:
        raw, found = clean(), []
        for jump in jumps:
            clock.jump(jump)
            found.append(site.sent("front", raw).code)
        return found

    with site.service(**clock.environment):
        assert answers(0, HOUR, 3 * HOUR) == [71, 71, 0]
        assert answers(0, -YEAR, HOUR - YEAR, 3 * HOUR - YEAR) == [71, 71, 71, 0]
        # Forgotten after a week, and from then on two hours more.
        assert answers(0, YEAR, YEAR + HOUR, YEAR + 3 * HOUR) == [71, 71, 71, 0]
        assert answers(YEAR, 0, HOUR, 3 * HOUR) == [71, 71, 71, 0]
    assert len(site.kept) == 4


def test_a_message_that_kills_is_given_up(site: BalancedSite, clock: Clock) -> None:
    """Attempts are counted on whatever year the clock goes back to."""
    site.told("bad")
    with site.service(**clock.environment):
        found = []
        for jump in (0, -YEAR, -2 * YEAR):
            clock.jump(jump)
            found.append(site.hand_in("bad scan does segv\n").code)
    assert found == [71, 71, 0]
    assert len(site.kept) == 1


def test_notices_go_on(site: BalancedSite, clock: Clock) -> None:
    """What was counted, and what was put by, while the clock was ahead holds up nothing when it is right again."""
    notify = '[plugins.notify]\nadmin = "postmaster@example.com"\ntokens = ["admin"]\nmost_to_admin = 2\n'
    site.configure(YARA + notify)
    new = site.folder / "outbox" / "new"
    with site.service(**clock.environment):
        waiting = []
        for jump in (YEAR, 0, 0, -YEAR):
            clock.jump(jump)
            for _ in range(3):
                assert site.sent("front", infected()).code == 0
            waiting.append(len(list(new.iterdir())))
    assert waiting == [3, 5, 5, 7]  # two each time, and the digest
    command(site, "outbox", "send")
    assert not list(new.iterdir())


def command(site: BalancedSite, *words: str) -> None:
    """Run `qsfilter` with WORDS and the configuration of SITE."""
    program = Path(sys.prefix, "bin", "qsfilter")
    done = subprocess.run([program, *words, "--config", site.config], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
