"""From a blocked message to the addressee: through the outbox, to a real SMTP server and to programs of qmail."""

from __future__ import annotations

import email
import email.policy
import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller

from qsfilter.testing import QueueStandIn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aiosmtpd.smtp import SMTP, Session
    from aiosmtpd.smtp import Envelope as Taken

    from qsfilter import Report

    Blocked = Callable[..., Report]
    Place = Any  # of conftest.py, which can't be imported

ALICE, BOB, ADMIN = "alice@example.org", "bob@example.com", "postmaster@example.com"
QSFILTER = Path(sys.prefix, "bin", "qsfilter")
INJECT = """#!{python} -IS
import json, os, sys
with open({file!r}, "a") as file:
    told = dict(arguments=sys.argv[1:], text=sys.stdin.read(), environment=sorted(os.environ))
    file.write(json.dumps(told) + "\\n")
"""


class Sink:
    """Takes every mail."""

    def __init__(self) -> None:
        """Begin with none."""
        self.taken: list[tuple[str | None, list[str], bytes]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Taken) -> str:  # noqa: N802 - aiosmtpd's name
        """Take it."""
        assert isinstance(envelope.original_content, bytes)
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        return "250 taken"


class OnFreePort(Controller):
    """A server on a port that the kernel chose and nobody else can have taken."""

    def __init__(self, handler: object) -> None:
        """Listen at once."""
        self.listening = socket.create_server(("127.0.0.1", 0))
        super().__init__(handler, hostname="127.0.0.1", port=self.listening.getsockname()[1])

    def _create_server(self) -> Any:  # noqa: ANN401 - a coroutine of the loop
        return self.loop.create_server(self._factory_invoker, sock=self.listening)


@pytest.fixture
def sink() -> Iterator[Controller]:
    """Run an SMTP server."""
    controller = OnFreePort(Sink())
    controller.start()
    yield controller
    controller.stop()


def send(place: Place, outbox: str) -> None:
    """Send what waits; OUTBOX is the table that says how."""
    config = place.folder / "qsfilter.toml"
    config.write_text(f'[outbox]\npath = "{place.outbox}"\n{outbox}\n')
    command = [QSFILTER, "outbox", "send", "--config", config]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def test_notices_arrive_by_smtp(place: Place, blocked: Blocked, sink: Controller) -> None:
    from qsfilter_notify.notices import tell

    tell(place.notify(tokens=("all",), language="de"), blocked(), time.time())
    written = {to: str(mail["Message-ID"]) for to, mail in place.mails().items()}
    for _ in range(2):
        send(place, f'smtp = "127.0.0.1:{sink.port}"')
    assert not place.raw_mails()
    taken = sink.handler.taken
    assert sorted(to for _, to, _ in taken) == [[ALICE], [BOB], [ADMIN]]
    for sender, (to,), octets in taken:
        assert sender == "<>"  # as aiosmtpd writes the null sender
        assert octets.count(b"\n") == octets.count(b"\r\n")
        mail = email.message_from_bytes(octets, policy=email.policy.default)
        assert not mail.defects
        assert mail["Message-ID"] == written[to]
        assert "Der Kopf der Nachricht" in mail.get_content()
    # What was sent is remembered, so a retried mail is told once, also where the counts are lost.
    for file in (place.folder / "notices").iterdir():
        file.unlink()
    tell(place.notify(tokens=("all",)), blocked(), time.time())
    assert not place.raw_mails()


def test_a_digest_arrives_when_its_time_has_come(place: Place, blocked: Blocked, sink: Controller) -> None:
    from qsfilter.testing.messages import message
    from qsfilter_notify.notices import tell

    notify = place.notify(digest_only=True, hours=1 / 3600, language="de")
    for number in range(3):
        tell(notify, blocked(message(b"%d" % number, subject=f"Größe {number}")), time.time())
    until = time.monotonic() + 30
    while not sink.handler.taken and time.monotonic() < until:
        send(place, f'smtp = "127.0.0.1:{sink.port}"')
    ((sender, to, octets),) = sink.handler.taken
    assert (sender, to) == ("<>", [ADMIN])
    mail = email.message_from_bytes(octets, policy=email.policy.default)
    assert mail["Auto-Submitted"] == "auto-generated"
    lines = mail.get_content().splitlines()
    assert [line.split('"')[1] for line in lines if "Worm.Sample" in line] == [f"Größe {number}" for number in range(3)]


def test_notices_go_through_the_queue_program_as_they_are(place: Place, blocked: Blocked) -> None:
    from qsfilter_notify.notices import tell

    (place.folder / "qmail").mkdir()
    queue = QueueStandIn(str(place.folder / "qmail"))
    tell(place.notify(tokens=("sender",)), blocked(), time.time())
    ((_, octets),) = place.raw_mails().values()
    send(place, f'qmail_queue = "{queue.program}"')
    (queued,) = queue.queued
    assert queued.envelope == b"F\0Talice@example.org\0\0"
    assert queued.message == octets


def test_qmail_inject_gets_the_null_sender(place: Place, blocked: Blocked) -> None:
    from qsfilter_notify.notices import tell

    program = place.folder / "qmail-inject"
    program.write_text(INJECT.format(python=sys.executable, file=str(place.folder / "told")))
    program.chmod(0o755)
    tell(place.notify(), blocked(), time.time())
    ((_, octets),) = place.raw_mails().values()
    send(place, f'qmail_inject = "{program}"')
    told = json.loads((place.folder / "told").read_text())
    assert told["arguments"][-2:] == ["--", ADMIN]
    assert told["arguments"][told["arguments"].index("-f") + 1] == ""
    assert told["text"] == octets.decode()
    assert "QMAILQUEUE" not in told["environment"]
