"""Real SMTP: mailfront under tcpserver takes mail from clients and hands it to the installed wrapper, as qmail does."""

from __future__ import annotations

import os
import re
import shutil
import smtplib
import socket
import struct
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter.testing.clamd_server import ClamdServer
from qsfilter.testing.installation import installation_messages
from qsfilter.testing.messages import attachment, message, part
from qsfilter.testing.smtp_server import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.process.conftest import Site

pytestmark = pytest.mark.servers

SECONDS = 60
EXAMPLE = Path(__file__).parents[2] / "examples/tcprules/tcp.smtp"
PLUGINS = '[plugins.yara]\nuse = "qsfilter_yara:Yara"\n[plugins.attachments]\n'
ALICE, BOB, CAROL = "alice@example.org", "bob@example.com", "carol@example.com"
NAMED = message(part(b"Look at this.\n"), attachment(b"MZ", "setup.exe"))
REFUSED = "our filter refuses this"
SENDERS = 20
MOST_DELAY = 1.5
"""How many times its own time a sender may take among the others; one after the other it would be twenty."""


@pytest.fixture
def server(site: Site) -> Iterator[SmtpServer]:
    """Start a server whose queue is the wrapper, with an engine and rules on names."""
    site.configure(PLUGINS)
    environment = {"QSFILTER_CONFIG": str(site.config), "QQERRMSG_31": REFUSED}
    with SmtpServer(site.folder / "smtp", site.wrapper, environment) as started:
        yield started


def send(
    server: SmtpServer,
    raw: bytes,
    sender: str = ALICE,
    recipients: tuple[str, ...] = (BOB,),
    source: str = "127.0.0.1",
) -> tuple[int, str]:
    """Send RAW from the address SOURCE; return the reply to the message, or to the first recipient that is refused."""
    with smtplib.SMTP("127.0.0.1", server.port, "client.example.org", SECONDS, (source, 0)) as client:
        client.ehlo()
        assert client.mail(sender)[0] == 250
        for recipient in recipients:
            code, text = client.rcpt(recipient)
            if code != 250:
                return code, text.decode()
        code, text = client.data(raw.replace(b"\n", b"\r\n"))
        return code, text.decode()


def without_trace(site: Site, delivered: bytes) -> bytes:
    """Return DELIVERED behind our field and the one that mailfront adds."""
    received = site.without_our_lines(delivered)
    found = re.match(rb"Received: [^\n]*\n(?:[ \t][^\n]*\n)*", received)
    assert found, received
    assert b"client.example.org" in found[0] or b"swaks" in found[0], found[0]
    return received[found.end() :]


def test_a_program_that_is_missing_is_named_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(RuntimeError, match=r"^tcpserver is not installed; as root: apt-get install .* ucspi-tcp$"):
        SmtpServer(tmp_path, "/nonexistent/queue")


# --- replies --------------------------------------------------------------------------------------------------------


def test_clean_mail_is_taken_and_its_bytes_are_delivered(site: Site, server: SmtpServer) -> None:
    raw = message(b"Eight bits: \xe4\xff\xc3\xa4, a tab\t, blanks  \n.\n..a dot in front\n\n\nno more\n")
    assert send(server, raw)[0] == 250
    (queued,) = site.queue.queued
    assert without_trace(site, queued.message) == raw
    assert queued.envelope == b"Falice@example.org\0Tbob@example.com\0\0"
    assert 'client="127.0.0.1"' in server.log


def test_a_forbidden_name_is_refused_with_the_site_s_text(site: Site, server: SmtpServer) -> None:
    code, text = send(server, NAMED)
    assert code == 554
    assert REFUSED in text
    assert not site.queue.queued
    assert len(site.kept) == 1


def test_a_virus_is_taken_and_kept_and_not_queued(site: Site, server: SmtpServer) -> None:
    assert send(server, site.infected)[0] == 250
    assert not site.queue.queued
    (kept,) = site.kept
    assert kept.parent.parent.name == "viruses"
    assert kept.read_bytes().endswith(site.infected)


def test_one_mail_that_comes_twice_has_one_key(site: Site, server: SmtpServer) -> None:
    """The server writes another Received field each time; the log's id and the copy in quarantine are the same."""
    assert send(server, site.infected)[0] == 250
    time.sleep(1.1)
    assert send(server, site.infected)[0] == 250
    assert len(site.kept) == 1
    other = site.infected.replace(b"Look at this", b"Look at that")
    assert send(server, other)[0] == 250
    assert len(site.kept) == 2


def test_what_the_queue_program_can_t_take_the_client_sends_again(site: Site, server: SmtpServer) -> None:
    site.queue.exit_with(53)
    assert send(server, site.clean)[0] == 451
    assert site.untouched
    site.queue.exit_with(0)
    assert send(server, site.clean)[0] == 250
    assert len(site.queue.queued) == 1


def test_without_a_configuration_mail_waits(site: Site, server: SmtpServer) -> None:
    site.config.unlink()
    assert send(server, site.clean)[0] == 451
    assert site.untouched
    assert "exit=55" in server.log


def test_two_recipients_and_the_null_sender(site: Site, server: SmtpServer) -> None:
    assert send(server, site.clean, "", (BOB, CAROL))[0] == 250
    (queued,) = site.queue.queued
    assert queued.envelope == b"F\0Tbob@example.com\0Tcarol@example.com\0\0"


def test_several_messages_in_one_session(site: Site, server: SmtpServer) -> None:
    """A refusal in between harms neither neighbour."""
    with smtplib.SMTP("127.0.0.1", server.port, "client.example.org", SECONDS) as client:
        client.sendmail(ALICE, BOB, site.clean)
        with pytest.raises(smtplib.SMTPDataError, match="554"):
            client.sendmail(ALICE, BOB, NAMED)
        client.sendmail(ALICE, CAROL, site.clean)
    envelopes = sorted(queued.envelope for queued in site.queue.queued)
    assert envelopes == [b"F%b\0T%b\0\0" % (ALICE.encode(), to.encode()) for to in (BOB, CAROL)]


# --- slow, and gone -------------------------------------------------------------------------------------------------


def raw_session(server: SmtpServer) -> socket.socket:
    """Connect and go as far as DATA, by hand."""
    connection = socket.create_connection(("127.0.0.1", server.port), SECONDS)
    for command, code in (
        (b"", b"220"),
        (b"HELO client.example.org\r\n", b"250"),
        (f"MAIL FROM:<{ALICE}>\r\n".encode(), b"250"),
        (f"RCPT TO:<{BOB}>\r\n".encode(), b"250"),
        (b"DATA\r\n", b"354"),
    ):
        connection.sendall(command)
        assert connection.recv(1000).startswith(code)
    return connection


def send_slowly(server: SmtpServer, raw: bytes, pause: float = 0.1) -> float:
    """Send RAW in pieces of 100 octets with a PAUSE for each; return the seconds until it was taken."""
    started = time.monotonic()
    with raw_session(server) as connection:
        begun = time.monotonic()
        for number, start in enumerate(range(0, len(raw), 100)):
            time.sleep(max(0.0, begun + number * pause - time.monotonic()))  # the pace itself is what is tested
            connection.sendall(raw[start : start + 100])
        connection.sendall(b".\r\n")
        assert connection.recv(1000).startswith(b"250")
        took = time.monotonic() - started
        connection.sendall(b"QUIT\r\n")
    return took


def test_slow_senders_do_not_delay_each_other(site: Site, server: SmtpServer) -> None:
    """Twenty at 1 kB a second take as long as one alone, and what the machine needs for twenty messages at once."""
    body = b"".join(b"line %04d of a message that comes slowly\n" % number for number in range(100))
    raw = message(body).replace(b"\n", b"\r\n")
    alone = send_slowly(server, raw)
    with ThreadPoolExecutor(SENDERS) as pool:
        burst = list(pool.map(lambda _: send_slowly(server, raw, 0.0), range(SENDERS)))
        slow = list(pool.map(lambda _: send_slowly(server, raw), range(SENDERS)))
    assert max(slow) < MOST_DELAY * (alone + max(burst)), (alone, sorted(burst), sorted(slow))
    assert len(site.queue.queued) == 1 + 2 * SENDERS
    assert {without_trace(site, queued.message) for queued in site.queue.queued} == {message(body)}


@pytest.mark.parametrize("reset", [False, True], ids=["closes", "resets"])
@pytest.mark.parametrize("end", [0.0, 0.5, 1.0], ids=["at once", "in the middle", "before the last dot"])
def test_a_client_that_goes_away_has_sent_nothing(site: Site, server: SmtpServer, end: float, reset: bool) -> None:
    raw = site.clean.replace(b"\n", b"\r\n")
    connection = raw_session(server)
    connection.sendall(raw[: int(len(raw) * end)])
    if reset:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    server.wait(sessions=1)
    wait_for(lambda: "qsfilter: exit=" in server.log)
    assert "exit=54" in server.log
    assert site.untouched


def wait_for(happened: Callable[[], bool]) -> None:
    """Wait until something has HAPPENED."""
    end = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


# --- as the how-to page says, with clamd ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClamdServer]:
    """Run one clamd for the module's tests; one that stops it starts it again."""
    with ClamdServer(tmp_path_factory.mktemp("clamd")) as started:
        yield started


@pytest.fixture
def with_clamd(site: Site, clamd: ClamdServer) -> Iterator[SmtpServer]:
    """Start a server whose wrapper asks clamd."""
    site.configure(f'[plugins.clamav]\nservers = ["unix:{clamd.socket}"]\n[plugins.attachments]\n')
    with SmtpServer(site.folder / "smtp", site.wrapper, {"QSFILTER_CONFIG": str(site.config)}) as started:
        yield started


def bodies(site: Site) -> list[bytes]:
    """Return what is queued, without what was put in front of it."""
    return sorted(without_trace(site, queued.message) for queued in site.queue.queued)


def test_the_four_messages_of_an_installation(site: Site, with_clamd: SmtpServer) -> None:
    """The first by a tool that everybody has."""
    first, *others = installation_messages()[:4]
    (site.folder / "first.eml").write_bytes(first.raw)
    swaks = shutil.which("swaks")
    assert swaks, "swaks is not installed; as root: apt-get install --no-install-recommends swaks"
    done = subprocess.run(
        [
            *(swaks, "--server", f"127.0.0.1:{with_clamd.port}", "--helo", "swaks.example.org"),
            *("--from", ALICE, "--to", BOB, "--data", f"@{site.folder}/first.eml"),
        ],
        capture_output=True,
        check=False,
        env={"PATH": os.defpath, "HOME": str(site.folder)},
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [send(with_clamd, test.raw)[0] for test in others] == [554, 250, 250]
    # swaks ends the data with an empty line of its own.
    swaks_sent, spam = (found.rstrip(b"\n") for found in bodies(site))
    assert (swaks_sent, spam) == (first.raw.rstrip(b"\n"), others[2].raw.rstrip(b"\n"))
    assert sorted(kept.parent.parent.name for kept in site.kept) == ["policy", "viruses"]
    assert "malware Test.EICAR.UNOFFICIAL" in with_clamd.log


def test_while_clamd_is_down_mail_waits_and_comes_when_it_is_back(
    site: Site, clamd: ClamdServer, with_clamd: SmtpServer
) -> None:
    """What rules on names refuse is refused all the same."""
    tests = installation_messages()[:4]
    clamd.stop()
    try:
        assert [send(with_clamd, test.raw)[0] for test in tests] == [451, 554, 451, 451]
        assert not site.queue.queued
        assert "failure not-scanned" in with_clamd.log
    finally:
        clamd.start()
    assert [send(with_clamd, test.raw)[0] for test in tests] == [250, 554, 250, 250]
    assert bodies(site) == sorted(test.raw for test in tests if test.delivered)


# --- whose mail is filtered -----------------------------------------------------------------------------------------


@pytest.fixture
def by_rules(site: Site) -> Iterator[SmtpServer]:
    """Compile the example's rules, with its programs and two of its prefixes replaced, and start a server by them."""
    tcprules = shutil.which("tcprules")
    assert tcprules, "tcprules is not installed; as root: apt-get install --no-install-recommends ucspi-tcp"
    rules = EXAMPLE.read_text()
    for old, new, count in (
        ("/var/qmail/bin/qmail-queue", site.queue.program, 1),
        ("/opt/qsfilter/bin/qsfilter-queue", site.wrapper, 2),
        ("\n127.:", "\n127.0.0.1:", 1),
        ("\n10.:", "\n127.0.0.10:", 1),
    ):
        assert rules.count(old) == count, old
        rules = rules.replace(old, new)
    compiled = site.folder / "tcp.smtp.cdb"
    command = [tcprules, str(compiled), f"{compiled}.tmp"]
    subprocess.run(command, input=rules.encode(), check=True, timeout=SECONDS)
    site.configure(PLUGINS)
    environment = {"QSFILTER_CONFIG": str(site.config)}
    with SmtpServer(site.folder / "smtp", "/nonexistent/queue", environment, rules=str(compiled)) as started:
        yield started


@pytest.mark.parametrize(
    ("source", "scanned", "relay"),
    [("127.0.0.1", False, True), ("127.0.0.10", True, True), ("127.0.0.20", True, False)],
    ids=["this machine", "own network", "everybody else"],
)
def test_the_example_s_rules_say_whose_mail_is_filtered(
    site: Site, by_rules: SmtpServer, source: str, scanned: bool, relay: bool
) -> None:
    assert send(by_rules, site.infected, source=source)[0] == 250
    assert (len(site.queue.queued), len(site.kept)) == ((0, 1) if scanned else (1, 0))
    assert send(by_rules, site.clean, source=source)[0] == 250
    newest = [queued.message for queued in site.queue.queued if queued.message.endswith(site.clean)]
    assert [found.startswith(b"X-QSFilter: ") for found in newest] == [scanned]
    elsewhere = send(by_rules, site.clean, recipients=("dave@elsewhere.example.net",), source=source)[0]
    assert elsewhere == (250 if relay else 550)
    assert (f'client="{source}"' in by_rules.log) is scanned
