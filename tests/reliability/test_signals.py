"""SIGTERM, SIGINT and SIGHUP at moments that chance names: to wrapper and front, and to the service under load."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from qsfilter.testing.service import until
from tests.process.conftest import YARA
from tests.reliability.balance import FULL, WAYS, BalancedSite, Sent, clean, infected, none_bad
from tests.reliability.figures import record

if TYPE_CHECKING:
    from pathlib import Path

    from qsfilter.testing.service import RunningService

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900 if FULL else 120)]

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
SECONDS = 60.0
TRIES = {"wrapper": (400, 16), "asking": (400, 16), "front": (3000, 60)}
"""By each way, in full and in short."""


@pytest.fixture
def site(tmp_path: Path) -> BalancedSite:
    """Return a site."""
    made = BalancedSite(tmp_path)
    made.configure(YARA, service="waiting = 16")
    return made


# --- to the process that takes the mail -------------------------------------------------------------------------------


def signalled(site: BalancedSite, way: str, raw: bytes, number: int = 0, after: float = 0.0) -> Sent:
    """Send RAW by WAY, and the signal NUMBER (none for 0) to the process that takes it AFTER so many seconds."""
    program, environment = site.command(way)
    files = []
    for data in (raw, site.envelope_sent):
        out, into = os.pipe()
        os.write(into, data)
        os.close(into)
        files.append(out)
    with subprocess.Popen(
        [program], stdin=files[0], stdout=files[1], stderr=subprocess.DEVNULL, env=environment
    ) as taking:
        for out in files:
            os.close(out)
        try:
            if number:
                time.sleep(after)
                taking.send_signal(number)
            code = taking.wait(SECONDS)
        finally:
            taking.kill()
    return Sent(raw, code, site.envelope_sent)


@pytest.mark.parametrize("way", WAYS)
def test_who_takes_mail_is_signalled(site: BalancedSite, way: str) -> None:
    """Its caller sees a temporary failure, or the mail is in the queue or kept; the next one goes through."""
    chance = random.Random(f"signals by {way}")  # noqa: S311 - it has to be the same each time
    with site.service(), ThreadPoolExecutor(2) as pool:
        sent, took = [], []
        for make in (clean, infected) * 4:
            before = time.monotonic()
            sent.append(signalled(site, way, make()))
            took.append(time.monotonic() - before)
        whole = min(took)
        assert [one.code for one in sent] == [0] * 8

        def send(number: int) -> Sent:
            raw = infected() if number % 2 else clean()
            return signalled(site, way, raw, chance.choice(SIGNALS), chance.uniform(0.0, 1.2 * whole))

        many = TRIES[way][not FULL]
        sent += pool.map(send, range(many))
        sent += [signalled(site, way, make()) for make in (clean, infected)]
        assert [one.code for one in sent[-2:]] == [0, 0]
    found = site.balance(sent)
    died = sum(one.code != 0 for one in sent)
    assert died > many // 4, [one.code for one in sent]
    record(f"signals.{way}", signals=many, died=died, **none_bad(found))


# --- to the service ---------------------------------------------------------------------------------------------------


def test_the_service_is_signalled_under_load(site: BalancedSite) -> None:
    """Workers ignore it, the master reads its configuration again or ends, and another one is started."""
    chance = random.Random("signals to the service")  # noqa: S311 - as above
    stopped = threading.Event()
    sent: list[Sent] = []

    def send() -> None:
        while not stopped.is_set():
            raw = infected() if chance.random() < 0.3 else clean()
            sent.append(site.sent("asking" if chance.random() < 0.05 else "front", raw))

    given: Counter[str] = Counter()
    with ThreadPoolExecutor(4) as pool, site.service() as running:
        sending = [pool.submit(send) for _ in range(4)]
        try:
            for _ in range(30 if FULL else 3):
                given += ended_among_signals(running, chance)
                running.start()
                before = len(sent)
                until(lambda at=before: any(one.code == 0 for one in sent[at:]) or any(one.done() for one in sending))
        finally:
            stopped.set()
        for one in sending:
            one.result(SECONDS)
    found = site.balance(sent)
    assert found["handed"]
    assert found["kept"]
    record("signals.service", messages=len(sent), **given, **none_bad(found))
    assert set(found) <= {"handed", "kept", "deferred"}


def ended_among_signals(running: RunningService, chance: random.Random) -> Counter[str]:
    """Send signals to master and workers, and at last one that ends the master; return how many were sent."""
    given: Counter[str] = Counter()
    for _ in range(chance.randrange(5, 15)):
        with suppress(ProcessLookupError):
            if chance.random() < 0.5:
                running.reload()
            else:
                os.kill(chance.choice(running.workers or [running.pid]), chance.choice(SIGNALS[:2]))
            given["signals"] += 1
        time.sleep(chance.uniform(0.0, 0.05))
    with suppress(ProcessLookupError):
        os.kill(running.pid, chance.choice(SIGNALS[:2]))
    assert running.process is not None
    assert running.process.wait(SECONDS) == 0
    given["restarts"] += 1
    return given
