"""Through the service mail comes out as it does without one: same bytes, envelope, codes, texts and log lines."""

from __future__ import annotations

import os
import pwd
import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

import pytest

from qsfilter.model import Envelope
from qsfilter.queue import protocol
from qsfilter.testing.messages import attachment, eicar, message, part, zip_of
from qsfilter.testing.service import hand_in
from tests.process.conftest import YARA, Site
from tests.process.service_place import ServedSite, told_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qsfilter.testing.caller import Answer
    from qsfilter.testing.service import RunningService

ALICE, BOB, CAROL = b"alice@example.org", b"bob@example.com", b"carol@example.com"
RULES = """\
from qsfilter import *

@rule("words")
def _(message):
    text = message.root.blob.data
    if b"refuse bob" in text:
        yield reject("not for bob", recipients=[b"bob@example.com"])
    if b"refuse all" in text:
        yield reject("nobody wants this")
    if b"come again" in text:
        yield defer("come again")
    if b"throw away" in text:
        yield discard("nobody misses this")
    if b"say who" in text:
        yield reject(f"{message.client} {message.client.env}")
"""
SETTINGS = f'{YARA}[plugins.attachments]\n[actions]\n"policy" = "reject"\n'


class Sent(NamedTuple):
    """One message as it is sent."""

    raw: bytes
    envelope: Envelope = Envelope(sender=ALICE, recipients=(BOB, CAROL))


MESSAGES = {
    "clean": Sent(Site.clean),
    "infected": Sent(Site.infected),
    "partly refused": Sent(message(b"refuse bob\n")),
    "refused": Sent(message(b"refuse all\n")),
    "deferred": Sent(message(b"come again\n")),
    "discarded": Sent(message(b"throw away\n")),
    "forbidden name": Sent(message(part(b"x\n"), attachment(b"MZ", "a.exe"))),
    "zip in zip": Sent(message(part(b"x\n"), attachment(zip_of({"i.zip": zip_of({"x": eicar()})}), "a.zip"))),
    "empty": Sent(b""),
    "no header": Sent(b"\nonly a body\n"),
    "broken zip": Sent(message(part(b"x\n"), attachment(zip_of({"x": b"y" * 999})[:-30], "a.zip"))),
    "bare line ends": Sent(Site.clean.replace(b"\n", b"\r\n")),
    "a copy of our field": Sent(b"X-QSFilter: clean; forged\n" + Site.clean),
    "10 MB": Sent(message(part(b"x\n"), attachment(random.Random(1).randbytes(7_000_000), "a.bin"))),  # noqa: S311
    "no sender": Sent(Site.clean, Envelope(sender=b"", recipients=(BOB,))),
    "no recipients": Sent(Site.clean, Envelope(sender=ALICE, recipients=())),
    "the same recipient twice": Sent(message(b"refuse bob\n"), Envelope(sender=ALICE, recipients=(BOB, CAROL, BOB))),
    "many recipients": Sent(message(b"refuse bob\n"), Envelope(sender=b"", recipients=(*[CAROL] * 3000, BOB))),
    "address too long": Sent(Site.clean, Envelope(sender=ALICE, recipients=(b"a" * 1003,))),
}


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, ServedSite, RunningService]]:
    """Make a site without a service and one with."""
    folders = [tmp_path_factory.mktemp("site") for _ in "ab"]
    sites = Site(folders[0]), ServedSite(folders[1])
    for site, folder in zip(sites, folders, strict=True):
        (folder / "rules.py").write_text(RULES)
        site.configure(f'{SETTINGS}[rules]\nfiles = ["{folder / "rules.py"}"]\n')
    with sites[1].service() as running:
        yield *sites, running


@pytest.mark.parametrize("sent", MESSAGES.values(), ids=MESSAGES)
def test_what_becomes_of_a_message_is_the_same(sites: tuple[Site, ServedSite, RunningService], sent: Sent) -> None:
    alone, served, running = sites
    before = len(running.log)
    first, second = (become(site, sent) for site in (alone, served))
    assert second[0].code == first[0].code
    assert second[0].text == first[0].text
    assert second[1:] == first[1:]
    if first[0].code != 11:  # the wrapper itself has refused it
        running.await_log(sent_id(first[0].log))
        assert told_lines(running.log[before:]) == told_lines(first[0].log)


def sent_id(log: str) -> str:
    """Return the part of LOG that names the message."""
    return log[log.index("id=") : log.index(" action=")]


def become(site: Site, sent: Sent) -> tuple[Answer, list[tuple[bytes, bytes]], list[bytes]]:
    """Send, and return the answer with what is in the queue and in the quarantine, which are empty afterwards."""
    answer = site.call(sent.raw, sent.envelope, environment=site.environment(TCPREMOTEIP="192.0.2.7"))
    queued = [(found.message, found.envelope) for found in site.queue.queued]
    kept = [found.read_bytes() for found in site.kept]
    for path in (*(site.queue_folder / "queue").iterdir(), *site.kept):
        path.unlink()
    return answer, queued, kept


def test_below_our_lines_are_the_bytes_that_came(tmp_path: Path) -> None:
    site = ServedSite(tmp_path)
    with site.service():
        assert site.call(site.clean).accepted
    assert site.queued() == (site.clean, site.envelope_sent)


def test_it_does_not_deliver_what_is_infected(tmp_path: Path) -> None:
    site = ServedSite(tmp_path)
    with site.service():
        assert site.call(site.infected).accepted
    assert not site.queue.queued
    assert [kept.read_bytes() for kept in site.kept] == [site.infected]


@pytest.mark.parametrize(
    ("dialect", "descriptor", "code"), [("plain", 4, 82), ("notqmail", 6, 82), ("curti", 4, 82), ("indimail", 2, 88)]
)
@pytest.mark.parametrize("word", ["refuse all", "come again"])
def test_a_reply_is_the_same_in_each_dialect(
    tmp_path: Path, dialect: str, descriptor: int, code: int, word: str
) -> None:
    answers = []
    for site in (Site(make(tmp_path / "a")), ServedSite(make(tmp_path / "b"))):
        (site.folder / "rules.py").write_text(RULES)
        rules = f'{YARA}[rules]\nfiles = ["{site.folder / "rules.py"}"]\n'
        site.configure(rules, deliver=f'reply = "{dialect}"')
        with site.service() if isinstance(site, ServedSite) else nullcontext():
            found = site.call(message(f"{word}\n".encode()), reply_descriptor=descriptor, reply_code=code)
        answers.append((found.code, found.text, found.reply))
    assert answers[1] == answers[0]
    assert answers[0][0] in {31, 71} if dialect == "plain" else answers[0][0] == code


def make(folder: Path) -> Path:
    folder.mkdir()
    return folder


ENVIRONMENT = {
    b"TCPREMOTEIP": b"192.0.2.66", b"TCPREMOTEHOST": b"there.example", b"TCPREMOTEINFO": b"someone",
    b"RELAYCLIENT": b"", b"BMC_WHITELIST": b"1",
}  # fmt: skip


OURSELVES = pwd.getpwuid(os.getuid())


@pytest.mark.parametrize(
    ("trusted", "counts"),
    [
        (f'["nobody-here", "{OURSELVES.pw_name}"]', True),
        (f'["{OURSELVES.pw_uid}"]', True),
        (f'["nobody-here", "{OURSELVES.pw_uid + 1}"]', False),
        ("[]", False),
    ],
    ids=["name", "number", "others", "nobody"],
)
def test_only_who_is_trusted_can_say_who_the_client_is(tmp_path: Path, trusted: str, counts: bool) -> None:
    site = ServedSite(tmp_path)
    (tmp_path / "rules.py").write_text(RULES)
    site.configure(
        f'[rules]\nfiles = ["{tmp_path / "rules.py"}"]\n',
        service=f"trusted_callers = {trusted}",
    )
    with site.service() as running:
        answer = hand_in(running.socket, message(b"say who\n"), site.envelope, ENVIRONMENT)
        assert answer.code == 31
        for word in ("192.0.2.66", "there.example", "someone", "relay=True", "BMC_WHITELIST"):
            assert (word in answer.text) is counts, answer.text
        assert ("127.0.0.1" in answer.text) is not counts


def test_a_worker_remembers_nothing_of_the_messages_before(tmp_path: Path) -> None:
    """The same messages in another order have the same findings."""
    site = ServedSite(tmp_path)
    site.configure(SETTINGS, service="workers = 1")
    lot = [sent for name, sent in MESSAGES.items() if name not in {"10 MB", "address too long"}]
    logs = []
    with site.service() as running:
        for seed in range(3):
            random.Random(seed).shuffle(lot)  # noqa: S311 - to be the same again
            before = len(running.log)
            for sent in lot:
                hand_in(running.socket, sent.raw, sent.envelope)
            running.await_log(" action=", times=(seed + 1) * len(lot))
            logs.append(told_lines(running.log[before:]))
    assert logs[1] == logs[0]
    assert logs[2] == logs[0]


def test_messages_at_one_time_are_not_mixed_up(tmp_path: Path) -> None:
    """Forty from eight senders, each with lines and an envelope of its own."""
    site = ServedSite(tmp_path)
    (tmp_path / "rules.py").write_text(RULES)
    site.configure(f'{YARA}[rules]\nfiles = ["{tmp_path / "rules.py"}"]\n', service="waiting = 16")
    with site.service() as running, ThreadPoolExecutor(8) as pool:

        def send(number: int) -> None:
            own = b"own%d@example.com" % number
            raw = message(b"refuse bob\n%d\n" % number) + b"x" * (number * 997)
            found = hand_in(running.socket, raw, Envelope(sender=ALICE, recipients=(BOB, own)))
            assert found.deed == protocol.HAND_OVER
            assert found.envelope == b"F" + ALICE + b"\0T" + own + b"\0\0"

        assert len(list(pool.map(send, range(40)))) == 40
