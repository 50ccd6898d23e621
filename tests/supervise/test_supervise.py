"""The service files under real daemontools and real runit: real clamd, freshclam and service, as shipped but for paths.

Mail is handed in by qsfilter-queue, which asks the service, while they are stopped, killed and told of changes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from qsfilter.testing.messages import attachment, eicar, message, part
from qsfilter.testing.service import until
from tests.supervise.place import SECONDS, SERVICES, Place, owner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.testing.caller import Answer

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]
OWN = b"Subject: a notice (%b)\n\nHello\n"
FETCHED = message(b"This is fetched by freshclam.\n")


@pytest.fixture(scope="module", params=["daemontools", "runit"])
def machine(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Start everything but freshclam under each of the two."""
    place = Place(request.param)
    (place.services / "freshclam/down").touch()
    with place:
        for service in ("clamd", "qsfilter", "qsfilter-outbox"):
            place.await_process(service)
        yield place


@pytest.fixture
def place(machine: Place) -> Place:
    """Wait until all is well, whatever the test before has done."""
    machine.await_well()
    return machine


def queued(place: Place) -> int:
    return len(place.site.queue.queued)


def infected(subject: str) -> bytes:
    """Return a message with EICAR that was not sent before: of one that comes again, one copy is kept."""
    return message(part(b"Look at this.\n"), attachment(eicar(), "harmless.txt"), subject=subject)


def tried_again(place: Place, raw: bytes) -> Answer:
    """Hand RAW in as a server does that is told to come again, until the answer is for good."""
    answers: list[Answer] = []

    def is_final() -> bool:
        answers.append(place.site.call(raw))
        assert answers[-1].text[:1] in {"", "Z", "D"}
        return not answers[-1].text.startswith("Z")

    until(is_final, SECONDS)
    return answers[-1]


def test_all_is_well_and_runs_as_it_should(place: Place) -> None:
    for service, user in (("clamd", "clamav"), ("qsfilter", "qsfilter"), ("qsfilter-outbox", "qsfilter")):
        until(lambda service=service, user=user: owner(place.process(service)) == place.users[user], SECONDS)
        until(lambda service=service: owner(place.process(service, "log")) == place.users["qmaill"], SECONDS)
        assert place.ctl("stat", service).returncode == 0
    told, of_clamd = place.ctl("stat"), place.ctl("stat", name="clamdctl")
    assert str(place.process("qsfilter")) in told.stdout
    assert "warning: " in told.stdout, "what check says: this site has no plugin for most archives"
    assert "error: " not in told.stdout
    assert str(place.process("clamd")) in of_clamd.stdout
    assert "warning: " not in of_clamd.stdout
    assert "Limits: File size limit set to 26214400 bytes" in place.log("clamd")
    assert "serving at" in place.log("qsfilter")


def test_mail_is_scanned_and_told_of_in_the_log(place: Place) -> None:
    before, kept = queued(place), len(place.site.kept)
    assert place.site.call(place.site.clean).accepted
    assert place.site.call(infected("first")).accepted
    assert (queued(place), len(place.site.kept)) == (before + 1, kept + 1)
    place.await_log("qsfilter", "Test.EICAR")


def test_a_hup_takes_the_new_configuration_over(place: Place) -> None:
    page = message(part(b"Hello\n"), attachment(b"<p>Hello", "invoice.html"))
    assert place.site.call(page).accepted
    process = place.process("qsfilter")
    place.configure('[plugins.attachments]\nblock = [".html"]\n')
    try:
        assert place.ctl("hup").returncode == 0
        place.await_log("qsfilter", "serving by the new configuration")
        assert place.site.call(page).code == 31
        assert place.site.call(place.site.clean).accepted
        assert place.process("qsfilter") == process
    finally:
        place.configure()


@pytest.mark.parametrize("service", ["qsfilter", "clamd"])
def test_what_is_killed_runs_again_and_meanwhile_mail_waits(place: Place, service: str) -> None:
    before, kept = queued(place), len(place.site.kept)
    process = place.process(service)
    os.kill(process, signal.SIGKILL)
    assert tried_again(place, infected(f"{service} killed")).accepted
    assert tried_again(place, place.site.clean).accepted
    assert (queued(place), len(place.site.kept)) == (before + 1, kept + 1), "the infected one is kept, the other queued"
    assert place.await_process(service, other_than=process)


def test_a_stop_lets_the_mail_in_hand_be_finished(place: Place) -> None:
    place.begun.unlink(missing_ok=True)
    answers: list[Answer] = []
    raw = message(b"Hello\n", subject="slow")
    thread = threading.Thread(target=lambda: answers.append(place.site.call(raw)))
    thread.start()
    until(place.begun.exists, SECONDS)
    try:
        assert place.ctl("stop").returncode == 0
        thread.join(SECONDS)
        assert [answer.accepted for answer in answers] == [True]
        assert place.process("qsfilter") == 0
        place.await_log("qsfilter", "stopped")
        assert place.ctl("stat").returncode == 3
        assert place.ctl("hup").returncode == 3
        assert place.site.call(place.site.clean).text.startswith("Z")
    finally:
        assert place.ctl("start").returncode == 0
    assert tried_again(place, place.site.clean).accepted


@pytest.mark.parametrize(("name", "service"), [("qsfilterctl", "qsfilter"), ("clamdctl", "clamd")])
def test_a_restart_runs_another_process(place: Place, name: str, service: str) -> None:
    process = place.process(service)
    assert place.ctl("restart", name=name).returncode == 0
    assert place.process(service) not in {0, process}
    assert tried_again(place, place.site.clean).accepted


def test_stat_says_what_check_finds(place: Place) -> None:
    assert place.ctl("stop", "clamd").returncode == 0
    try:
        told = place.ctl("stat")
        assert told.returncode == 1
        assert "error: " in told.stdout
        assert str(place.clamd.socket) in told.stdout
        assert place.ctl("stat", name="clamdctl").returncode == 3
        assert place.site.call(place.site.clean).text.startswith("Z")
    finally:
        assert place.ctl("start", name="clamdctl").returncode == 0


def test_freshclam_fetches_signatures_and_tells_clamd(place: Place) -> None:
    assert place.ctl("stat", "freshclam").returncode == 3
    kept = len(place.site.kept)
    assert place.site.call(FETCHED).accepted
    assert len(place.site.kept) == kept
    assert place.ctl("start", "freshclam").returncode == 0
    place.await_log("freshclam", "Clamd successfully notified")
    until(lambda: place.site.call(FETCHED).accepted and len(place.site.kept) > kept, SECONDS)
    assert owner(place.process("freshclam")) == place.users["clamav"]
    assert place.ctl("stop", "freshclam").returncode == 0


@pytest.mark.parametrize("command", ["stat", "hup", "restart"])
def test_what_waits_in_the_outbox_is_sent(place: Place, command: str) -> None:
    assert place.ctl(command, "qsfilter-outbox").returncode == 0
    put_into_outbox(place, f"{place.supervisor}-{command}")
    until(lambda: any(mail.message == OWN % command.encode() for mail in place.site.queue.queued), SECONDS)
    place.await_log("qsfilter-outbox", f"{place.supervisor}-{command}")


def put_into_outbox(place: Place, name: str) -> None:
    """Put a mail of NAME into the outbox, as the service's user."""
    text = OWN % name.rpartition("-")[2].encode()
    code = (
        "from qsfilter.model import Envelope; from qsfilter.outbox.spool import put; "
        f"put({str(place.folder / 'spool/outbox')!r}, {name!r}, "
        f"Envelope(sender=b'', recipients=(b'root@example.com',)), [{text!r}])"
    )
    command = [sys.executable, "-I", "-c", code]
    subprocess.run(command, user=place.users["qsfilter"], cwd="/", check=True, timeout=SECONDS)


def test_everything_stops_in_order(machine: Place) -> None:
    for service in SERVICES:
        assert machine.ctl("stop", service).returncode == 0
        assert machine.process(service) == 0
        assert machine.ctl("stat", service).returncode == 3
    machine.await_log("clamd", "Socket file removed")
